"""A profile is of one voice: takes of another one are refused, whoever sends them."""

from __future__ import annotations

import numpy as np
import pytest
from caller_driver import HTTP, bearer, make_key
from digit_speaker import Speaker, spoken
from example_messages import TRAIN

from cepstra.api import create_app
from cepstra.config import Config
from cepstra.verification import enrolled_voice, speakers
from cepstra.verification.enrolled_voice import parted

OWN, OTHER = "fsjackson", "fsyweweler"
DIGITS = range(6)


def train(http, shared_dir, voice: str, digit: int, number: int, **more):
    body = {**spoken(shared_dir, voice, digit, number), "digit": digit, **more}
    return http.put("/speakers/ann/train", json=body)


def enrol(http, shared_dir, voice: str, n_takes: int) -> None:
    for take in range(n_takes):
        for digit in DIGITS:
            train(http, shared_dir, voice, digit, take).raise_for_status()


def status(http) -> dict:
    return http.get("/speakers/ann/status").raise_for_status().json()


def test_takes_of_another_voice_do_not_join_a_profile(http, shared_dir):
    enrol(http, shared_dir, OWN, 2)
    replies = [train(http, shared_dir, OTHER, digit, 0) for digit in DIGITS]
    refused = [reply for reply in replies if reply.status_code == 409]
    assert len(refused) >= 3
    assert all(list(reply.json()["errors"]) == ["confirm_voice"] for reply in refused)
    assert "say it again" in refused[0].json()["description"]
    attempt = [spoken(shared_dir, OTHER, digit, 3) for digit in DIGITS]
    whole = {**attempt[0], "mfcc": [frame for one in attempt for frame in one["mfcc"]]}
    assert http.put("/speakers/ann/score", json=whole).json()["decision"] == "reject"


def test_the_status_names_the_takes_of_a_second_voice(http, shared_dir):
    enrol(http, shared_dir, OWN, 1)
    alone = status(http)
    assert (alone["unlike_takes"], alone["sounds_like_another"]) == ([], False)
    for digit in DIGITS:
        more = {"take": f"other-{digit}", "confirm_voice": True}
        train(http, shared_dir, OTHER, digit, 0, **more).raise_for_status()
    both = status(http)
    assert both["consistency"] < alone["consistency"]
    unlike = both["unlike_takes"]
    assert len(unlike) >= 5 and all(name.startswith("other-") for name in unlike)


def test_a_voice_that_is_somebody_elses_is_named_to_operators_alone(guarded_server, shared_dir):
    first, second = (
        Speaker(guarded_server, name, shared_dir, DIGITS) for name in ("first", "second")
    )
    url = f"{guarded_server.url}/speakers/second/status"
    for token, name in (
        (second.token, None),
        (make_key(guarded_server, "verify", "scores"), None),
        (make_key(guarded_server, "verify", "admin"), first.name),
    ):
        told = HTTP.get(url, headers=bearer(token)).raise_for_status().json()
        assert (told["sounds_like_another"], told["sounds_like"]) == (True, name)
    gone = f"{guarded_server.url}/speakers/first"
    HTTP.delete(gone, headers=bearer(first.token)).raise_for_status()
    told = HTTP.get(url, headers=bearer(second.token)).raise_for_status().json()
    assert not told["sounds_like_another"]


def test_an_operator_may_confirm_a_voice_that_sounds_like_another(http, shared_dir):
    enrol(http, shared_dir, OWN, 1)
    assert train(http, shared_dir, OTHER, 0, 0).status_code == 409
    n_takes = len(status(http)["training_log"])
    train(http, shared_dir, OTHER, 0, 0, confirm_voice=True).raise_for_status()
    assert len(status(http)["training_log"]) == n_takes + 1


def test_a_model_that_has_to_be_made_anew_is_compared_with_too(http, module_server, shared_dir):
    enrol(http, shared_dir, OWN, 1)
    module_server.database.execute("DELETE FROM models")
    assert train(http, shared_dir, OTHER, 0, 0).status_code == 409
    train(http, shared_dir, OWN, 1, 2).raise_for_status()


def test_a_person_may_not_confirm_another_voice(guarded_server, shared_dir):
    speaker = Speaker(guarded_server, "vouching", shared_dir, DIGITS)
    body = {**spoken(shared_dir, OTHER, 1, 0), "digit": 1, "confirm_voice": True}
    refused = HTTP.put(f"{guarded_server.url}/train", json=body, headers=bearer(speaker.token))
    assert (refused.status_code, list(refused.json()["errors"])) == (403, ["confirm_voice"])


def test_the_status_of_somebody_who_is_deleted_meanwhile_is_told(tmp_path, monkeypatch):
    client = create_app(Config(database_url=f"sqlite:///{tmp_path}/kept.db")).test_client()
    for name in ("ann", "bob", "eve"):
        client.put(f"/speakers/{name}/train", json=TRAIN)

    def leave(*given):
        speakers.delete(client.application.extensions["service"], "ann")
        return parted(*given)

    monkeypatch.setattr(enrolled_voice, "parted", leave)
    told = client.get("/speakers/ann/status")
    assert (told.status_code, len(told.json["training_log"])) == (200, 1)
    assert client.get("/speakers/ann/status").status_code == 404


ALONG, ACROSS, SILENT = [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]


@pytest.mark.parametrize(
    ("voices", "consistency", "unlike"),
    [
        ([ALONG] * 5 + [SILENT] * 2, None, []),
        ([ALONG] * 4 + [[0.8, 0.6]] * 2, 80, []),
        ([SILENT] + [ALONG] * 4 + [ACROSS] * 2, 0, [5, 6]),
        ([ACROSS] * 2 + [SILENT] + [[-0.6, -0.8]] * 4, 0, [0, 1]),
    ],
)
def test_takes_are_parted_where_two_voices_are_heard(voices, consistency, unlike):
    found = parted(np.array(voices, dtype=np.float16))
    assert (found[0], found[1].tolist()) == (consistency, unlike)
