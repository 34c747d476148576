"""PUT /identify over real HTTP: one of many speakers, or none of them."""

import pytest
from caller_driver import HTTP
from example_messages import OTHER, TEST, TRAIN, part

pytestmark = pytest.mark.every_database


HALF = len(OTHER["mfcc"]) // 2
OTHER_ENROLLED, OTHER_ATTEMPT = part(OTHER, 0, HALF), part(OTHER, HALF, 2 * HALF)


def enrol(http, alias: str, message: dict) -> None:
    http.put(f"/speakers/{alias}/train", json=message).raise_for_status()


def identify(http, message: dict, query: str = "") -> dict:
    reply = http.put(f"/identify{query}", json=message)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_each_voice_is_found_among_two(http):
    enrol(http, "ann", TRAIN)
    enrol(http, "bob", OTHER_ENROLLED)
    for message, alias in ((TEST, "ann"), (OTHER_ATTEMPT, "bob")):
        reply = identify(http, message)
        assert (reply["decision"], reply["speaker"]) == ("identified", alias)
        assert [rank["alias"] for rank in reply["ranking"]][0] == alias
        assert reply["ranking"][0]["llr"] >= reply["threshold"]
        assert reply["n_speakers"] == 2
        shares = [rank["probability"] for rank in reply["ranking"]]
        assert sum(shares) + reply["probability_none"] == pytest.approx(1.0)


@pytest.mark.sqlite_is_enough
def test_a_stranger_is_none_of_them(http):
    enrol(http, "ann", TRAIN)
    reply = identify(http, OTHER)
    assert (reply["decision"], reply["speaker"]) == ("none", None)
    assert reply["ranking"][0]["alias"] == "ann"
    assert reply["probability_none"] > 0.5


def test_nobody_is_enrolled(http):
    reply = identify(http, TEST)
    assert (reply["decision"], reply["ranking"], reply["n_speakers"]) == ("none", [], 0)
    assert reply["probability_none"] == 1.0


@pytest.mark.sqlite_is_enough
def test_the_ratio_is_the_one_of_score(http):
    enrol(http, "ann", part(TRAIN, 0, 400))
    enrol(http, "ann", part(TRAIN, 400, len(TRAIN["mfcc"])))
    segments = [{"digit": 3, "frames": 90}, {"digit": 0, "frames": 110}]
    for message in (TEST, {**part(TEST, 0, 200), "segments": segments}):
        scored = http.put("/speakers/ann/score", json=message).raise_for_status().json()
        (rank,) = identify(http, message)["ranking"]
        assert rank["llr"] == pytest.approx(scored["llr"], abs=1e-4)


@pytest.mark.sqlite_is_enough
def test_too_little_speech_decides_nothing(http):
    enrol(http, "ann", TRAIN)
    silence = {"mfcc": [[0.0] * 20] * 300, "frontend": TRAIN["frontend"]}
    for few in (silence, part(TEST, 20, 40)):
        reply = identify(http, few)
        assert (reply["decision"], reply["speaker"]) == ("inconclusive", None)
        assert "are needed" in reply["quality"]["warnings"][0]


@pytest.mark.sqlite_is_enough
def test_more_speakers_ask_for_more_evidence_and_a_long_list_is_cut(http):
    thresholds = []
    for index in range(12):
        enrol(http, f"s{index}", part(TRAIN, 20 * index, 20 * index + 300))
        thresholds.append(identify(http, TEST)["threshold"])
    assert thresholds == sorted(thresholds) and thresholds[0] < thresholds[-1]
    assert len(identify(http, TEST)["ranking"]) == 10
    assert len(identify(http, TEST, "?top=12")["ranking"]) == 12
    ranks = identify(http, TEST, "?top=3")["ranking"]
    assert [r["llr"] for r in ranks] == sorted((r["llr"] for r in ranks), reverse=True)


def test_the_forgotten_are_not_found_and_the_mute_are_mentioned(http, module_server):
    enrol(http, "mute", TRAIN)
    module_server.database.execute("DELETE FROM voiceprints")  # silence was kept, once
    enrol(http, "ann", TRAIN)
    reply = identify(http, TEST)
    assert (reply["speaker"], reply["n_speakers"]) == ("ann", 1)
    assert reply["quality"]["warnings"][0].startswith("1 enrolled speakers have no voiceprint")
    http.delete("/speakers/ann").raise_for_status()
    assert identify(http, TEST)["ranking"] == []


@pytest.mark.sqlite_is_enough
def test_speakers_without_a_front_end_are_not_searched(http):
    plain = {"mfcc": TRAIN["mfcc"][:600]}
    enrol(http, "plain", plain)
    assert identify(http, TEST)["n_speakers"] == 0
    refused = http.put("/identify", json=plain)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["frontend"])


def test_every_worker_sees_what_the_others_wrote(server_factory):
    server = server_factory(workers=2)
    for round_ in range(4):
        alias = f"ann{round_}"
        HTTP.put(f"{server.url}/speakers/{alias}/train", json=TRAIN, timeout=30)
        for _ in range(8):
            reply = HTTP.put(f"{server.url}/identify", json=TEST, timeout=30).json()
            assert (reply["speaker"], reply["n_speakers"]) == (alias, 1)
        HTTP.delete(f"{server.url}/speakers/{alias}", timeout=30)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("query", ["?top=0", "?top=31", "?top=all"])
def test_a_wrong_length_is_refused(http, query):
    refused = http.put(f"/identify{query}", json=TEST)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["top"])
