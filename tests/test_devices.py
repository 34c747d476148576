"""Devices of a speaker over real HTTP: counted apart, forgotten one at a time."""

import pytest
from example_messages import OTHER, TEST, TRAIN, part

pytestmark = pytest.mark.every_database


def take(message: dict, start: int, device: str | None = None) -> dict:
    body = part(message, start, start + 200)
    return body if device is None else {**body, "device": device}


def enrol(http, message: dict, device: str | None = None, frontend: bool = True) -> None:
    for start in (0, 200):
        body = take(message, start, device)
        if not frontend:
            body = {**{k: v for k, v in body.items() if k != "frontend"}, "digit": 1}
        body["confirm_voice"] = message is OTHER
        http.put("/speakers/ann/train", json=body).raise_for_status()


def devices(http) -> dict:
    listed = http.get("/speakers/ann/status").raise_for_status().json()["devices"]
    return {row["device"]: row["takes"] for row in listed}


def test_takes_are_counted_by_device(http):
    enrol(http, TRAIN, "laptop")
    enrol(http, TRAIN)
    http.put("/speakers/ann/test", json=take(TEST, 0, "phone")).raise_for_status()
    assert devices(http) == {None: 2, "laptop": 2, "phone": 1}


@pytest.mark.parametrize("frontend", [True, False], ids=["background", "classic"])
def test_a_forgotten_device_leaves_the_model_as_if_it_had_never_been(http, frontend):
    enrol(http, TRAIN, "laptop", frontend)
    body = TEST if frontend else {"mfcc": TEST["mfcc"]}

    def average() -> float:
        reply = http.put("/speakers/ann/score", json=body).raise_for_status().json()
        return reply["average"]

    before = average()
    enrol(http, OTHER, "phone", frontend)
    assert average() != pytest.approx(before, abs=1e-3)
    reply = http.delete("/speakers/ann/devices/phone")
    assert (reply.status_code, reply.json()) == (200, {"deleted": True})
    assert devices(http) == {"laptop": 2}
    entry = http.get("/speakers/ann/export").json()["audit_log"][1]
    assert (entry["action"], entry["decision"], entry["reason"]) == ("delete", "done", "a device")
    assert average() == pytest.approx(before, abs=1e-3)


def test_a_search_forgets_the_device_too(http, module_server):
    enrol(http, TRAIN, "laptop")
    http.put("/speakers/bob/train", json=OTHER).raise_for_status()
    assert http.put("/identify", json=TEST).json()["speaker"] == "ann"
    http.delete("/speakers/ann/devices/laptop").raise_for_status()
    ranking = http.put("/identify", json=TEST).json()["ranking"]
    assert [rank["alias"] for rank in ranking] == ["bob"]
    for table in ("takes", "models", "voiceprints"):
        query = f"SELECT count(*) FROM {table} JOIN speakers ON speakers.id = speaker_id"
        found = module_server.database.execute(f"{query} WHERE alias = 'ann'")
        assert found == [(0,)], table


def test_after_the_last_device_the_speaker_starts_anew(http):
    enrol(http, TRAIN, "laptop")
    http.put("/speakers/ann/test", json=take(TEST, 0)).raise_for_status()
    http.delete("/speakers/ann/devices/laptop").raise_for_status()
    status = http.get("/speakers/ann/status").json()
    assert (status["devices"], status["score_threshold"], status["training_log"]) == ([], None, [])
    for call in ("test", "score"):
        assert http.put(f"/speakers/ann/{call}", json=TEST).status_code == 409
    assert devices(http) == {}
    http.put("/speakers/ann/train", json={"mfcc": [[1.0, 2.0]] * 30}).raise_for_status()
    assert devices(http) == {None: 1}


def test_what_is_not_there_is_not_found(http):
    missing = http.delete("/speakers/ann/devices/laptop")
    assert (missing.status_code, list(missing.json()["errors"])) == (404, ["speaker"])
    enrol(http, TRAIN)
    missing = http.delete("/speakers/ann/devices/laptop")
    assert (missing.status_code, list(missing.json()["errors"])) == (404, ["device"])


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("device", ["", "my phone", "x" * 65, 5, None, "a/b"])
def test_a_label_is_short_and_plain(http, device):
    for path, body in (
        ("/speakers/ann/train", {**take(TRAIN, 0), "device": device}),
        ("/identify", {**take(TRAIN, 0), "device": device}),
    ):
        refused = http.put(path, json=body)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["device"])
    assert http.get("/speakers/ann").status_code == 404
