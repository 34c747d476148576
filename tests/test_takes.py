"""Single takes over real HTTP: named, sent twice but kept once, checked, forgotten."""

import numpy as np
import pytest
from digit_speaker import OTHER_VOICE, VOICE, spoken
from example_messages import OTHER, TEST, TRAIN, part

DIGITS = (1, 2, 3, 4, 5)


def message(whole: dict, start: int, digit: int, **more) -> dict:
    return {**part(whole, start, start + 100), "digit": digit, **more}


def train(http, body: dict) -> dict:
    return http.put("/speakers/ann/train", json=body).raise_for_status().json()


def status(http) -> dict:
    return http.get("/speakers/ann/status").raise_for_status().json()


def average(http, body: dict = TEST) -> float:
    return http.put("/speakers/ann/score", json=body).raise_for_status().json()["average"]


def test_takes_are_listed_by_name_device_and_digit(http):
    given = train(http, message(TRAIN, 0, 4, take="first", device="laptop"))
    made = train(http, message(TRAIN, 100, 5))
    assert given["take"] == "first" and made["take"] not in ("", "first")
    listed = [(t["take"], t["digit"], t["device"]) for t in status(http)["training_log"]]
    assert listed == [(made["take"], 5, None), ("first", 4, "laptop")]
    assert [t["take"] for t in http.get("/speakers/ann/export").json()["takes"]] == [
        "first",
        made["take"],
    ]


def test_a_take_that_is_sent_twice_is_kept_once(http):
    body = message(TRAIN, 0, 4, take="first")
    first = train(http, body)
    again = train(http, body)
    assert again["take"] == "first"
    same = ("mfcc_train_store_length", "training_progress", "training_log", "score_threshold")
    assert {name: again[name] for name in same} == {name: first[name] for name in same}
    http.put("/speakers/ann/test", json={**body, "take": "second"}).raise_for_status()
    http.put("/speakers/ann/test", json={**body, "take": "second"}).raise_for_status()
    assert status(http)["mfcc_test_store_length"] == 100
    audit = http.get("/speakers/ann/export").json()["audit_log"]
    assert [entry["action"] for entry in audit] == ["export", "reference", "train"]


def test_a_take_in_which_nobody_speaks_is_refused(http):
    """Six such takes with a digit each had honest answers to challenges taken for replays."""
    noise = np.random.default_rng(1).normal([-60] + 19 * [0], 1, (100, 20)).round(1).tolist()
    train(http, message(TRAIN, 0, 4))
    for call in ("train", "test"):
        for frames in (noise, [[0.0] * 20] * 100):
            body = {"mfcc": frames, "frontend": TRAIN["frontend"], "digit": 4}
            refused = http.put(f"/speakers/ann/{call}", json=body)
            assert (refused.status_code, list(refused.json()["errors"])) == (400, ["speech"])


def test_another_take_of_the_same_name_is_refused(http):
    train(http, message(TRAIN, 0, 4, take="first"))
    for call, body in (
        ("train", message(TRAIN, 100, 4, take="first")),
        ("test", message(TRAIN, 0, 4, take="first")),
    ):
        refused = http.put(f"/speakers/ann/{call}", json=body)
        assert (refused.status_code, list(refused.json()["errors"])) == (409, ["take"])
    assert len(status(http)["training_log"]) == 1


@pytest.mark.parametrize("frontend", [True, False], ids=["background", "classic"])
@pytest.mark.parametrize("dropped", [0, 1, 3], ids=["oldest", "middle", "newest"])
def test_a_forgotten_take_leaves_the_model_as_if_it_had_never_been(http, frontend, dropped):
    bodies = [message(TRAIN, start, 1, take=f"take-{start}") for start in (0, 100, 200)]
    bodies.insert(dropped, message(OTHER, 0, 1, take="wrong", confirm_voice=True))
    if not frontend:
        bodies = [{k: v for k, v in body.items() if k != "frontend"} for body in bodies]
    attempt = TEST if frontend else {"mfcc": TEST["mfcc"]}
    for body in bodies:
        if body["take"] != "wrong":
            train(http, body)
    expected = average(http, attempt), status(http)["score_threshold"]
    http.delete("/speakers/ann").raise_for_status()
    for body in bodies:
        train(http, body)
    reply = http.delete("/speakers/ann/takes/wrong")
    assert (reply.status_code, reply.json()) == (200, {"deleted": True})
    assert "wrong" not in [take["take"] for take in status(http)["training_log"]]
    got = average(http, attempt), status(http)["score_threshold"]
    assert got == pytest.approx(expected, abs=1e-6)
    (entry,) = [
        entry
        for entry in http.get("/speakers/ann/export").json()["audit_log"]
        if entry["reason"] == "a take"
    ]
    assert (entry["action"], entry["decision"]) == ("delete", "done")


def test_a_forgotten_take_may_be_given_again_and_the_last_one_ends_the_enrolment(http):
    body = message(TRAIN, 0, 4, take="first")
    for _ in range(2):
        train(http, body)
        http.delete("/speakers/ann/takes/first").raise_for_status()
        assert status(http)["training_log"] == []
        assert http.put("/speakers/ann/score", json=TEST).status_code == 409


def test_only_sixty_takes_are_kept_and_dropping_one_brings_none_back(http):
    for number in range(61):
        train(http, message(TRAIN, number, number % 10, take=f"take-{number}"))
    http.delete("/speakers/ann/takes/take-60").raise_for_status()
    log = status(http)["training_log"]
    assert [take["take"] for take in log] == [f"take-{number}" for number in range(59, 0, -1)]


def test_what_is_not_there_is_not_found(http):
    missing = http.delete("/speakers/ann/takes/first")
    assert (missing.status_code, list(missing.json()["errors"])) == (404, ["speaker"])
    train(http, message(TRAIN, 0, 4))
    missing = http.delete("/speakers/ann/takes/first")
    assert (missing.status_code, list(missing.json()["errors"])) == (404, ["take"])


@pytest.mark.parametrize("field", ["take", "check_digit"])
@pytest.mark.parametrize("value", ["", "my take", "x" * 65, 5, None])
def test_bad_fields_are_named(http, field, value):
    refused = http.put("/speakers/ann/train", json=message(TRAIN, 0, 4, **{field: value}))
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])


@pytest.fixture
def enrolled(http, shared_dir):
    for digit in DIGITS:
        train(http, {**spoken(shared_dir, VOICE, digit, 0), "digit": digit})
    return http


def test_a_wrong_digit_is_told_and_not_kept(enrolled, shared_dir):
    for digit in DIGITS:
        right = {**spoken(shared_dir, VOICE, digit, 1), "digit": digit, "check_digit": True}
        train(enrolled, right)
        wrong = {**spoken(shared_dir, VOICE, digit, 2), "digit": digit % 5 + 1}
        refused = enrolled.put("/speakers/ann/train", json={**wrong, "check_digit": True})
        assert (refused.status_code, list(refused.json()["errors"])) == (409, ["check_digit"])
        assert f"sounds like a {digit}" in refused.json()["description"]
    assert len(status(enrolled)["training_log"]) == 2 * len(DIGITS)
    train(enrolled, wrong)


@pytest.mark.parametrize(("voice", "fewest"), [(VOICE, 2), (OTHER_VOICE, 4)])
def test_one_word_for_every_digit_is_refused_from_the_first_enrolment_on(
    http, shared_dir, voice, fewest
):
    refusals = []
    for digit in range(5):
        said = {**spoken(shared_dir, voice, 7, digit), "digit": digit, "check_digit": True}
        reply = http.put("/speakers/ann/train", json=said)
        if not reply.is_success:
            refusals.append((reply.status_code, reply.json()["errors"]["check_digit"][0]))
    assert len(refusals) >= fewest
    assert all(code == 409 and "sounds like a 0" in text for code, text in refusals[:2])
    assert len(status(http)["training_log"]) == 5 - len(refusals)


def test_ten_digits_said_as_asked_are_all_kept(http, shared_dir):
    for digit in range(10):
        train(http, {**spoken(shared_dir, VOICE, digit, 1), "digit": digit, "check_digit": True})
