"""Enrol, set a reference, score, look, forget: over real HTTP, with the shipped messages."""

import gzip
import json
import subprocess

import numpy as np
import pytest
from example_messages import OTHER, TEST, TRAIN
from surroundings import ROOT

from cepstra.store import speakers, takes
from cepstra.store.takes import NewTake

pytestmark = pytest.mark.every_database


def take(message: dict, start: int, digit: int | None = None) -> dict:
    part = {name: message[name][start : start + 60] for name in ("mfcc", "energy", "zcr")}
    part["frontend"] = message["frontend"]
    return part if digit is None else {**part, "digit": digit}


def without_front_end(message: dict) -> dict:
    return {name: value for name, value in message.items() if name != "frontend"}


@pytest.mark.sqlite_is_enough
def test_the_three_curl_lines_of_the_readme(http):
    readme = (ROOT / "README.md").read_text()
    lines = [line.strip() for line in readme.splitlines() if line.strip().startswith("curl -X PUT")]
    assert len(lines) >= 3
    replies = []
    for line in lines:
        command = line.replace("http://127.0.0.1:5000", str(http.base_url).rstrip("/"))
        done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, check=True)
        replies.append(json.loads(done.stdout))
    assert replies[0]["mfcc_train_store_length"] == len(TRAIN["mfcc"])
    assert replies[1]["mfcc_test_store_length"] == len(TEST["mfcc"])
    assert replies[2]["length"] > 0


@pytest.mark.sqlite_is_enough
def test_the_shipped_messages_tell_the_speakers_apart(http):
    http.put("/train", json=TRAIN).raise_for_status()
    reference = http.put("/test", json=TEST).raise_for_status().json()
    own = http.put("/score", json=TEST).raise_for_status().json()
    other = http.put("/score", json=OTHER).raise_for_status().json()
    assert own["score"] / own["length"] == pytest.approx(
        reference["result_reference"] / 100, abs=0.01
    )
    assert other["score"] / other["length"] < own["score"] / own["length"] - 0.2


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("prepare", [dict, without_front_end], ids=["background", "classic"])
def test_replies_keep_the_classic_fields(http, prepare):
    trained = http.put("/train", json=prepare(TRAIN)).json()
    tested = http.put("/test", json=prepare(TEST)).json()
    scored = http.put("/score", json=prepare(TEST)).json()
    assert trained.keys() >= {
        "mfcc_train_store_length", "train_data_length", "test_data_length", "training_time",
        "training_progress", "training_log", "score_threshold", "result_reference",
    }  # fmt: skip
    assert tested.keys() >= {
        "average", "deviation", "min", "max", "score_threshold", "result_reference",
        "mfcc_test_store_length",
    }  # fmt: skip
    assert scored.keys() >= {
        "average", "deviation", "min", "max", "length", "score", "result_reference", "scoring_log",
    }  # fmt: skip
    assert tested["score_threshold"] == pytest.approx(tested["average"] - tested["deviation"])
    assert tested["min"] <= tested["average"] <= tested["max"]
    assert set(scored["scoring_log"][0]) >= {"datetime", "digit", "result"}


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("prepare", [dict, without_front_end], ids=["background", "classic"])
def test_a_single_take_serves_with_a_warning(http, prepare):
    http.put("/train", json=prepare(TRAIN)).raise_for_status()
    scored = http.put("/score", json=prepare(TEST)).raise_for_status().json()
    assert (scored["score"], scored["result_reference"], scored["scoring_log"]) == (None, None, [])
    assert "no reference speech yet" in scored["quality"]["warnings"][-1]
    assert scored["decision"] == ("accept" if prepare is dict else "inconclusive")
    assert scored["average"] > scored["min"]


def test_second_takes_of_a_digit_become_the_reference(http):
    def train(start: int, digit: int) -> dict:
        return http.put("/train", json=without_front_end(take(TRAIN, start, digit))).json()

    first = train(0, 7)
    assert first["score_threshold"] is None
    assert (first["train_data_length"], first["test_data_length"]) == (60, 0)
    second = train(60, 7)
    assert (second["train_data_length"], second["test_data_length"]) == (60, 60)
    assert second["score_threshold"] is not None
    third = train(120, 7)
    assert (third["train_data_length"], third["test_data_length"]) == (120, 60)
    other_digit = train(180, 1)
    assert (other_digit["train_data_length"], other_digit["test_data_length"]) == (180, 60)


def test_reference_speech_of_its_own_frees_all_takes_for_training(http):
    for start in (0, 60):
        http.put("/train", json=without_front_end(take(TRAIN, start, 7)))
    http.put("/test", json=without_front_end(take(TEST, 0))).raise_for_status()
    status = http.get("/status").json()
    assert (status["train_data_length"], status["test_data_length"]) == (120, 60)
    assert status["mfcc_test_store_length"] == 60


def test_the_log_keeps_the_newest_sixty_digits(http):
    for index in range(63):
        frames = TRAIN["mfcc"][index : index + 3]
        reply = http.put("/train", json={"mfcc": frames, "digit": index % 10}).json()
    assert reply["training_progress"] == 100
    assert len(reply["training_log"]) == 60
    assert [entry["digit"] for entry in reply["training_log"][:4]] == [2, 1, 0, 9]
    assert reply["mfcc_train_store_length"] == 180


def test_speakers_do_not_see_each_other(http):
    http.put("/train?speaker=ann", json=take(TRAIN, 0, 1)).raise_for_status()
    http.put("/speakers/bob/train", json=take(OTHER, 0, 1)).raise_for_status()
    assert http.get("/status").json()["mfcc_train_store_length"] == 0
    assert http.get("/status?speaker=ann").json()["alias"] == "ann"
    assert http.get("/speakers/bob/status").json()["mfcc_train_store_length"] == 60
    assert [s["alias"] for s in http.get("/speakers").json()["speakers"]] == ["ann", "bob"]
    assert http.delete("/delete?speaker=ann").json() == {"deleted": True}
    assert [s["alias"] for s in http.get("/speakers").json()["speakers"]] == ["bob"]


def test_delete_forgets_everything(http):
    http.put("/train", json=TRAIN)
    http.put("/test", json=TEST)
    http.put("/score", json=TEST)
    assert http.delete("/delete").json() == {"deleted": True}
    status = http.get("/status").json()
    assert (status["mfcc_train_store_length"], status["scoring_log"]) == (0, [])
    assert http.put("/score", json=TEST).status_code == 409
    assert http.delete("/delete").json() == {"deleted": False}


def test_a_speaker_can_be_created_looked_at_and_deleted(http):
    created = http.post("/speakers", json={"alias": "ann"})
    assert (created.status_code, created.headers["Location"]) == (201, "/speakers/ann")
    assert http.post("/speakers", json={"alias": "ann"}).status_code == 409
    assert http.get("/speakers/ann").json()["alias"] == "ann"
    assert http.delete("/speakers/ann").json() == {"deleted": True}
    assert http.get("/speakers/ann").status_code == 404


@pytest.mark.sqlite_is_enough
def test_gzip_is_understood(http):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps(TRAIN).encode())
    reply = http.put("/train", content=body, headers=headers).raise_for_status().json()
    assert reply["mfcc_train_store_length"] == len(TRAIN["mfcc"])


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("width", [2, 13, 40])
def test_any_width_without_a_front_end(http, width):
    frames = [[float((i * j) % 7) for j in range(1, width + 1)] for i in range(40)]
    for _ in range(2):
        http.put("/train", json={"mfcc": frames, "digit": 1}).raise_for_status()
    assert http.put("/score", json={"mfcc": frames}).json()["length"] == 40


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("prepare", [dict, without_front_end], ids=["background", "classic"])
def test_loudness_does_not_matter(http, prepare):
    louder = {**TEST, "mfcc": [[frame[0] + 50, *frame[1:]] for frame in TEST["mfcc"]]}
    http.put("/train", json=prepare(TRAIN))
    http.put("/test", json=prepare(TEST))
    plain, loud = (http.put("/score", json=prepare(m)).json() for m in (TEST, louder))
    assert plain["average"] == pytest.approx(loud["average"], abs=1e-3)


def test_the_largest_message_is_enough_for_a_model(http):
    frames = [[float((i * j) % 11) for j in range(20)] for i in range(2000)]
    reply = http.put("/train", json={"mfcc": frames}).raise_for_status().json()
    assert reply["mfcc_train_store_length"] == 2000


@pytest.mark.sqlite_is_enough
def test_the_page_and_its_parts_are_served(http):
    assert "Cepstra" in http.get("/").text
    assert "Meyda" in http.get("/static/vendor/meyda.min.js").text
    assert http.get("/static/js/frontend.json").json()["id"] == TRAIN["frontend"]
    assert http.get("/health").json() == {"status": "ok"}


@pytest.mark.sqlite_is_enough
def test_an_unknown_network_is_refused_before_anything_is_looked_for(http):
    refused = http.put("/score?system=ours", json=TEST)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["system"])
    refused = http.put("/score", json=TEST)
    assert (refused.status_code, list(refused.json()["errors"])) == (409, ["speaker"])


UNUSED = {"energy": None, "zcr": "many", "lpc": [[0.5], {}]}


@pytest.mark.sqlite_is_enough
def test_energy_zero_crossings_and_predictors_are_read_over(http, module_server):
    http.put("/train", json={**take(TRAIN, 0, 1), **UNUSED, "lpc": [0.1] * 12}).raise_for_status()
    http.put("/train", json=take(TRAIN, 60, 1)).raise_for_status()
    segments = [{"digit": 1, "frames": 30}, {"digit": 2, "frames": 30}]
    attempt = {name: take(TEST, 0)[name] for name in ("mfcc", "frontend")}
    bare = http.put("/score", json={**attempt, "segments": segments}).raise_for_status().json()
    old = [{**segment, "lpc": [0.1] * 12} for segment in segments]
    told = http.put("/score", json={**attempt, **UNUSED, "segments": old}).raise_for_status().json()
    assert (told["llr"], told["length"]) == (bare["llr"], 60)
    exported = http.get("/export").raise_for_status().json()["takes"]
    assert [[each[name] for name in UNUSED] for each in exported] == [[None] * 3] * 2


def test_takes_that_hold_them_are_scored_and_exported(http, module_server):
    """A service kept them with the take before it read over them."""
    http.put("/train", json=take(TRAIN, 0, 1)).raise_for_status()
    frames = np.array(TRAIN["mfcc"][60:120])
    kept = {"energy": frames[:, 0] ** 2, "zcr": frames[:, 1] + 200, "lpc": np.linspace(-1, 1, 12)}
    with module_server.database.open_as_it_is().writing() as connection:
        speaker = speakers.find(connection, "default")
        takes.append(connection, speaker.id, NewTake("train", 2, {"frames": frames, **kept}))
        speakers.describe_takes(connection, speaker, speaker.frontend, 20)
    assert http.put("/score", json=take(TRAIN, 0)).raise_for_status().json()["length"] == 60
    first, second = http.get("/export").raise_for_status().json()["takes"]
    assert first["lpc"] is None
    assert second["mfcc"] == pytest.approx(frames, rel=1e-6)
    for name, values in kept.items():
        assert second[name] == pytest.approx(values, rel=1e-6)
    moved = {"alias": "ann", "frontend": TRAIN["frontend"], "takes": [first, second]}
    assert http.put("/import", json=moved).raise_for_status().json()["takes_added"] == 2
