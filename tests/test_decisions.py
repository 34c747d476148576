"""What the default system decides on real speech, and when it leaves the decision open."""

import pytest
from example_messages import OTHER, TEST, TRAIN, part

from cepstra.api import create_app


@pytest.fixture(scope="module")
def client(new_database):
    client = create_app(new_database().config()).test_client()
    for message in (part(TRAIN, 0, 400), part(TRAIN, 400, len(TRAIN["mfcc"]))):
        assert client.put("/train", json=message).status_code == 200
    return client


def score(client, message: dict) -> dict:
    reply = client.put("/score", json=message)
    assert reply.status_code == 200, reply.get_json()
    return reply.get_json()


def test_the_own_voice_is_accepted(client):
    reply = score(client, TEST)
    assert reply["decision"] == "accept"
    assert reply["llr"] > 0
    assert reply["probability"] > 0.9
    assert reply["quality"]["warnings"] == []
    assert 1 < reply["quality"]["speech_s"] <= len(TEST["mfcc"]) / 100


def test_another_voice_is_rejected(client):
    reply = score(client, OTHER)
    assert reply["decision"] == "reject"
    assert reply["probability"] < 0.5


def test_too_little_speech_decides_nothing(client):
    reply = score(client, part(TEST, 20, 40))
    assert reply["decision"] == "inconclusive"
    assert "are needed" in reply["quality"]["warnings"][0]


@pytest.mark.parametrize("n_frames", [1, 300])
def test_silence_decides_nothing(client, n_frames):
    silence = {"mfcc": [[0.0] * 20] * n_frames, "frontend": "meyda-16k-1"}
    reply = score(client, silence)
    assert (reply["decision"], reply["quality"]["speech_s"]) == ("inconclusive", 0.0)


def test_digits_in_segments_raise_no_error_and_count_all_frames(client):
    message = part(TEST, 0, 200)
    segments = [{"digit": 3, "frames": 90}, {"digit": 0, "frames": 110}]
    reply = score(client, {**message, "segments": segments})
    assert reply["length"] == 200
    newest = reply["scoring_log"][0]
    assert (newest["digit"], newest["digits"]) == (0, [3, 0])
    assert newest["decided"] == reply["decision"]


def test_a_stricter_policy_decides_less(database):
    patient = create_app(database.config(min_speech_s=60.0)).test_client()
    for _ in range(2):
        patient.put("/train", json=TRAIN)
    assert score(patient, TEST)["decision"] == "inconclusive"


def test_an_enrolment_of_silence_decides_nothing(client):
    silence = {"mfcc": [[0.0] * 20] * 300, "frontend": "meyda-16k-1"}
    refused = client.put("/train?speaker=mute", json=silence)
    assert (refused.status_code, [*refused.get_json()["errors"]]) == (400, ["speech"])
    assert client.put("/score?speaker=mute", json=TEST).status_code == 409


def test_frames_without_a_front_end_have_no_calibrated_decision(client):
    plain = {"mfcc": TRAIN["mfcc"][:600]}
    for _ in range(2):
        client.put("/train?speaker=plain", json=plain)
    reply = client.put("/score?speaker=plain", json=plain).get_json()
    assert (reply["llr"], reply["probability"]) == (None, None)
    assert reply["decision"] == "inconclusive"
    assert reply["quality"]["warnings"]
