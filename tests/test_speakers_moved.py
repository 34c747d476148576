"""Speakers under another name, and on another service: rename and import."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from caller_driver import HTTP, bearer, create_account, make_key
from client_commands import Commands
from example_messages import TEST, TRAIN

AHEAD = {"version": "7", "datetime": "2999-01-01T00:00:00Z"}  # no retention would end it
WITHOUT_TIMES = ("take", "role", "digit", "device", "mfcc")


def enrol(http, name: str) -> None:
    http.post("/consent", params={"speaker": name}, json={"version": "7"}).raise_for_status()
    for call, message in (("train", TRAIN), ("test", TEST)):
        named = {**message, "take": call, "device": "laptop"}
        http.put(f"/{call}", params={"speaker": name}, json=named).raise_for_status()


def export(http, name: str) -> dict:
    return http.get("/export", params={"speaker": name}).raise_for_status().json()


def takes_of(exported: dict) -> list[dict]:
    return [{name: take[name] for name in WITHOUT_TIMES} for take in exported["takes"]]


def rename(http, name: str, new: str):
    return http.put(f"/speakers/{name}", json={"alias": new})


@pytest.mark.every_database
def test_a_new_name_keeps_everything_and_is_found_by_voice(http):
    enrol(http, "ann")
    assert http.put("/identify", json=TEST).json()["speaker"] == "ann"
    before = http.get("/speakers/ann").json()
    assert rename(http, "ann", "Zoë Müller").json()["alias"] == "Zoë Müller"
    assert http.get("/speakers/Zoë Müller").json() == {**before, "alias": "Zoë Müller"}
    assert http.put("/identify", json=TEST).json()["speaker"] == "Zoë Müller"
    kept = export(http, "Zoë Müller")
    assert (len(kept["takes"]), kept["consent"]["version"]) == (2, "7")
    assert kept["audit_log"][1]["action"] == "rename"
    assert http.get("/speakers/ann").status_code == 404
    enrol(http, "ann")  # the name is free for another
    assert rename(http, "ann", "ann").status_code == 200


def test_names_that_are_taken_or_none_are_refused(http):
    for name in ("ann", "bob"):
        http.post("/speakers", json={"alias": name})
    for name, new, status, field in (
        ("ann", "bob", 409, "alias"),
        ("ann", "a/b", 400, "alias"),
        ("nobody", "eve", 404, "speaker"),
    ):
        refused = rename(http, name, new)
        assert (refused.status_code, list(refused.json()["errors"])) == (status, [field])
    assert [s["alias"] for s in http.get("/speakers").json()["speakers"]] == ["ann", "bob"]


def test_names_of_accounts_are_left_alone(guarded_server):
    url, key = guarded_server.url, bearer(make_key(guarded_server))
    for name in ("kim", "lee"):
        create_account(guarded_server, name)
    HTTP.delete(f"{url}/delete?speaker=lee", headers=key).raise_for_status()
    HTTP.post(f"{url}/speakers", json={"alias": "max"}, headers=key).raise_for_status()
    for name, new, status in (("kim", "jo", 403), ("max", "lee", 409), ("max", "kim", 409)):
        call = HTTP.put(f"{url}/speakers/{name}", json={"alias": new}, headers=key)
        assert call.status_code == status, call.text
    HTTP.put(f"{url}/speakers/max", json={"alias": "moritz"}, headers=key).raise_for_status()
    made = HTTP.post(f"{url}/user", json={"name": "max", "password": "correct horse battery"})
    assert (made.status_code, list(made.json()["errors"])) == (409, ["name"])


@pytest.mark.every_database
def test_an_export_comes_back_as_it_was(http, tmp_path):
    enrol(http, "ann")
    exported = export(http, "ann")
    scored = http.put("/score?speaker=ann", json=TEST).json()
    http.delete("/speakers/ann")
    told = http.put("/import", json=exported).raise_for_status().json()
    assert told == {"alias": "ann", "takes_added": 2, "takes_known": 0}
    back = export(http, "ann")
    assert takes_of(back) == takes_of(exported)
    assert back["consent"] == exported["consent"]
    assert http.put("/score?speaker=ann", json=TEST).json()["llr"] == scored["llr"]
    told = http.put("/speakers/ann again/import", json=exported).json()
    assert told == {"alias": "ann again", "takes_added": 2, "takes_known": 0}
    assert http.put("/import", json=exported).json()["takes_known"] == 2


def test_a_bad_export_changes_nothing(http):
    enrol(http, "ann")
    exported = export(http, "ann")
    first, second = exported["takes"]
    narrow = {**second, "mfcc": [[1.0, 2.0]] * len(second["mfcc"])}
    many = [{**first, "take": f"t{n}", "mfcc": first["mfcc"][:9]} for n in range(41)]
    for body, status, field in (
        ({**exported, "takes": []}, 400, "takes"),
        ({**exported, "takes": many}, 400, "takes"),
        ({**exported, "takes": [first, {**second, "role": "judge"}]}, 400, "takes"),
        ({**exported, "takes": [first, narrow]}, 400, "takes"),
        ({**exported, "frontend": None, "takes": [first, narrow]}, 400, "takes"),
        ({**exported, "frontend": "mel-80"}, 400, "takes"),
        ({**exported, "alias": "a/b"}, 400, "alias"),
        ({**exported, "consent": AHEAD}, 400, "consent.datetime"),
        ({**exported, "takes": [first, {**second, "take": first["take"]}]}, 409, "take"),
    ):
        refused = http.put("/import?speaker=eve", json=body)
        names = list(refused.json()["errors"])
        assert (refused.status_code, names[0]) == (status, field), refused.text
    status = http.get("/status?speaker=eve").json()
    assert (status["train_data_length"], status["training_log"]) == (0, [])


def test_the_commands_move_speakers_of_any_length(module_server, http, tmp_path):
    commands = Commands(CEPSTRA_URL=module_server.url)
    for number in range(12):
        frames = [*TRAIN["mfcc"], *TRAIN["mfcc"][: 100 + number]]
        take = {"mfcc": frames, "frontend": TRAIN["frontend"], "take": f"t{number}"}
        http.put("/train?speaker=ann", json=take).raise_for_status()
    file = tmp_path / "ann.json"
    commands.run("speakers", "export", "ann", "--out", file)
    assert file.stat().st_size > 1024 * 1024, "more than one call may bring"
    assert "is called Ann B. now" in commands.run("speakers", "rename", "ann", "Ann B.").stdout
    told = commands.json("speakers", "import", file, "--name", "copy")
    assert told == {"alias": "copy", "takes_added": 12, "takes_known": 0}
    assert takes_of(export(http, "copy")) == takes_of(export(http, "Ann B."))
    file.write_text("{}")
    assert commands.run("speakers", "import", file).exit_code == 2
    assert commands.run("speakers", "rename", "copy", "Ann B.").exit_code == 5


def with_names(exported: dict, *names: str) -> dict:
    """Return an export of that many takes: each a cut of the first, and a name."""
    first = exported["takes"][0]
    cuts = (first["mfcc"][n : n + 99] for n in range(len(names)))
    takes = [{**first, "take": name, "mfcc": cut} for name, cut in zip(names, cuts, strict=True)]
    return {**exported, "takes": takes}


@pytest.mark.every_database
def test_an_import_that_is_refused_leaves_all_as_it_was(http):
    enrol(http, "ann")
    exported = export(http, "ann")
    full = with_names(exported, *(f"old{n}" for n in range(60)))["takes"]
    for part in (full[:30], full[30:]):
        http.put("/import?speaker=bob", json={**exported, "takes": part}).raise_for_status()
    before = export(http, "bob")
    clash = with_names(exported, "new0", "new1", "old59")
    assert http.put("/import?speaker=bob", json=clash).status_code == 409
    assert takes_of(export(http, "bob")) == takes_of(before), "takes that made room are back"
    twice = with_names(exported, "one", "one")
    assert http.put("/import?speaker=eve", json=twice).status_code == 409
    assert http.get("/speakers/eve").status_code == 404, "nor is a consent of nobody kept"


@pytest.mark.every_database
@pytest.mark.parametrize("leave", ["delete", "rename"])
def test_who_leaves_during_an_import_leaves_no_part_of_it(http, leave):
    enrol(http, "ann")
    exported = with_names(export(http, "ann"), *(f"t{n}" for n in range(30)))
    first = {**TRAIN, "mfcc": TRAIN["mfcc"][:99], "take": "t0"}
    for delay_s in (0.1, 0.3):
        for name in ("bob", "eve"):
            http.delete(f"/speakers/{name}")
        http.put("/speakers/bob/train", json=first).raise_for_status()
        with ThreadPoolExecutor() as pool:
            coming = pool.submit(http.put, "/import?speaker=bob", json=exported)
            time.sleep(delay_s)
            left = http.delete("/speakers/bob") if leave == "delete" else rename(http, "bob", "eve")
            assert (left.status_code, coming.result().status_code) == (200, 200)
        statuses = (http.get("/status", params={"speaker": name}) for name in ("bob", "eve"))
        logs = [len(status.json()["training_log"]) for status in statuses]
        assert sorted(logs) in ([0, 0], [0, 30], [1, 30]), logs
