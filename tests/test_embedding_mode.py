"""An embedding in place of frames: /train, /score, /identify, /compare, in any combination."""

from __future__ import annotations

import numpy as np
import pytest
from caller_driver import HTTP, bearer, create_account, sign_in
from example_messages import OTHER, TEST, TRAIN

import cepstra
from cepstra.gmm.speech_features import analyse
from cepstra.verification.shipped import load_network, network_id


def embedded(message: dict) -> dict:
    """What a page sends in place of a message."""
    network, speech = load_network(), analyse([np.array(message["mfcc"])]).spoken
    vector = network.embedding(network.sums(speech))
    return {
        "embedding": [round(float(value), 4) for value in vector],
        "speech_frames": len(speech),
        "network": network_id(),
        "frontend": message["frontend"],
    }


KINDS = {"frames": lambda message: message, "embedding": embedded}


def put(http, path: str, body: dict, **query: str) -> dict:
    return http.put(path, params=query, json=body).raise_for_status().json()


@pytest.mark.parametrize(
    ("enrolled", "sent"),
    [("frames", "embedding"), ("embedding", "frames"), ("embedding", "embedding")],
)
def test_a_speaker_is_verified_whichever_side_sent_an_embedding(http, enrolled, sent):
    trained = put(http, "/train", KINDS[enrolled](TRAIN), speaker="ann")
    assert trained["train_data_length"] == embedded(TRAIN)["speech_frames"]
    own, strange = (put(http, "/score", KINDS[sent](m), speaker="ann") for m in (TEST, OTHER))
    assert (own["decision"], strange["decision"]) == ("accept", "reject")
    assert own["llr"] > 6 > -3 > strange["llr"]
    assert own["quality"] == {
        "speech_s": embedded(TEST)["speech_frames"] / 100,
        "warnings": [],
    }
    assert (own["average"], own["score"], own["length"]) == (None, None, 0)


def test_takes_of_both_kinds_add_up_and_one_of_them_can_be_forgotten(http):
    put(http, "/train", TRAIN, speaker="ann")
    alone = put(http, "/score", embedded(TEST), speaker="ann")["llr"]
    take = put(http, "/train", {**embedded(OTHER), "confirm_voice": True}, speaker="ann")["take"]
    assert put(http, "/score", embedded(OTHER), speaker="ann")["llr"] > 2
    assert put(http, "/score", OTHER, speaker="ann")["length"] == 0  # most of it is embeddings
    http.delete(f"/speakers/ann/takes/{take}").raise_for_status()
    assert put(http, "/score", embedded(TEST), speaker="ann")["llr"] == pytest.approx(alone)
    assert put(http, "/score", TEST, speaker="ann")["length"] == len(TEST["mfcc"])


@pytest.mark.parametrize("sent", KINDS)
def test_identification_finds_who_enrolled_either_way(http, sent):
    put(http, "/train", embedded(TRAIN), speaker="ann")
    put(http, "/train", OTHER, speaker="george")
    found = put(http, "/identify", KINDS[sent](TEST))
    assert (found["decision"], found["speaker"]) == ("identified", "ann")
    assert [rank["alias"] for rank in found["ranking"]] == ["ann", "george"]
    assert put(http, "/identify", KINDS[sent](OTHER))["speaker"] == "george"


@pytest.mark.parametrize("sent", KINDS)
def test_comparison_takes_either(http, sent):
    same = put(http, "/compare", {"first": embedded(TRAIN), "second": KINDS[sent](TEST)})
    other = put(http, "/compare", {"first": embedded(TRAIN), "second": KINDS[sent](OTHER)})
    assert (same["decision"], other["decision"]) == ("accept", "reject")


def test_the_library_keeps_embeddings_in_files_and_reads_those_of_an_export(http, tmp_path):
    takes = embedded(TRAIN), {**TEST, "confirm_voice": True}
    for take in takes:
        put(http, "/train", take, speaker="ann")
    profile = cepstra.Profile("ann").enrol(*takes)
    reply = put(http, "/score", embedded(TEST), speaker="ann")
    assert profile.verify(embedded(TEST)).llr == reply["llr"]
    paths = [tmp_path / name for name in ("own.safetensors", "own.json", "export.json")]
    for path in paths[:2]:
        profile.save(path)
    paths[2].write_bytes(http.get("/export?speaker=ann").raise_for_status().content)
    for path in paths:
        loaded = cepstra.Profile.load(path)
        assert [len(take.frames) for take in loaded.takes] == [0, len(TEST["mfcc"])]
        assert loaded.verify(embedded(TEST)).llr == pytest.approx(reply["llr"], rel=1e-6)


def halves(message: dict) -> list[dict]:
    middle = len(message["mfcc"]) // 2
    parts = message["mfcc"][:middle], message["mfcc"][middle:]
    return [{"mfcc": part, "frontend": message["frontend"]} for part in parts]


@pytest.mark.parametrize("sent", KINDS)
def test_takes_unlike_the_others_are_refused_as_those_of_frames_are(http, sent):
    for part in [*halves(TRAIN), *halves(TEST)]:
        put(http, "/train", embedded(part), speaker="ann")
    replies = [
        http.put("/train", params={"speaker": "ann"}, json=KINDS[sent](part))
        for part in halves(OTHER)
    ]
    assert replies[-1].status_code == 409
    assert list(replies[-1].json()["errors"]) == ["confirm_voice"]


def test_the_same_take_sent_twice_is_kept_once_and_an_export_comes_back_in(http):
    named = {**embedded(TRAIN), "take": "first", "digit": 3}
    for _ in range(2):
        put(http, "/train", named, speaker="ann")
    clash = http.put("/train", params={"speaker": "ann"}, json={**embedded(TEST), "take": "first"})
    assert (clash.status_code, list(clash.json()["errors"])) == (409, ["take"])
    exported = http.get("/export", params={"speaker": "ann"}).json()
    (take,) = exported["takes"]
    assert (take["mfcc"], take["digit"], take["network"]) == (None, 3, network_id())
    assert take["speech_frames"] == named["speech_frames"]
    before = put(http, "/score", embedded(TEST), speaker="ann")["llr"]
    put(http, "/import", {**exported, "alias": "copy"}, speaker="copy")
    assert put(http, "/score", embedded(TEST), speaker="copy")["llr"] == pytest.approx(before)


WRONG = {
    "no vector": ({"embedding": None}, "embedding"),
    "191 numbers": ({"embedding": [0.07] * 191}, "embedding"),
    "not of length one": ({"embedding": [0.5] * 192}, "embedding"),
    "text in it": ({"embedding": ["0.07"] * 192}, "embedding"),
    "frames too": ({"mfcc": TEST["mfcc"]}, "embedding"),
    "no speech": ({"speech_frames": 0}, "speech_frames"),
    "more than a minute": ({"speech_frames": 6001}, "speech_frames"),
    "another network": ({"network": "tdnn-0123456789abcdef"}, "network"),
    "segments": ({"segments": [{"digit": 1, "frames": 9}]}, "segments"),
    "another front end": ({"frontend": "meyda-8k"}, "frontend"),
}


@pytest.mark.parametrize(("change", "field"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(http, change, field):
    refused = http.put("/score", params={"speaker": "ann"}, json={**embedded(TEST), **change})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("missing", ["speech_frames", "network", "frontend"])
def test_what_is_missing_is_named(http, missing):
    body = {name: value for name, value in embedded(TEST).items() if name != missing}
    refused = http.put("/score", params={"speaker": "ann"}, json=body)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [missing])


def test_reference_takes_and_checks_of_digits_need_frames(http):
    put(http, "/train", TRAIN, speaker="ann")
    for path, more, field in (("/test", {}, "embedding"), ("/train", {"check_digit": True}, None)):
        body = {**embedded(TEST), "digit": 3, **more}
        refused = http.put(path, params={"speaker": "ann"}, json=body)
        assert (refused.status_code, list(refused.json()["errors"])) == (
            400,
            [field or "check_digit"],
        )


def test_no_embedding_answers_a_challenge(guarded_server):
    create_account(guarded_server, "ann")
    session = bearer(sign_in(guarded_server, "ann"))
    HTTP.post(f"{guarded_server.url}/consent", json={"version": "1"}, headers=session)
    for digit in range(3):
        body = {**embedded(TRAIN), "digit": digit}
        HTTP.put(f"{guarded_server.url}/train", json=body, headers=session).raise_for_status()
    body = {**embedded(TEST), "challenge": "any"}
    refused = HTTP.put(f"{guarded_server.url}/score", json=body, headers=session)
    assert refused.status_code == 400
    (text,) = refused.json()["errors"]["embedding"]
    assert "frames (mfcc) with a challenge" in text and "which digits were said" in text
    posed = HTTP.post(f"{guarded_server.url}/challenges", headers=session)
    assert posed.status_code == 409  # embeddings of digits are no digits to compare with
    scored = HTTP.put(f"{guarded_server.url}/score", json=embedded(TEST), headers=session).json()
    assert (scored["decision"], scored["llr"]) == ("accept", None)
