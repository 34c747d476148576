"""Replays over HTTP: what was enrolled or answered before is not taken again, altered or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from caller_driver import HTTP
from digit_speaker import N_ENROLLED, VOICE, Speaker, spoken
from sqlalchemy import insert

from cepstra.evaluation.attack_species import as_sent, stretched
from cepstra.evaluation.replay_match import ALTERATIONS
from cepstra.store import fingerprints, speakers
from cepstra.store.encryption import keyring_of, seal
from cepstra.store.fingerprints import Fingerprint
from cepstra.verification.replay import ReplayGuard

KINDS = ["none", "louder or softer: c0 moved by up to 50", "rounded to whole numbers"]
KINDS += ["noise, 5% of each coefficient's deviation"]


@pytest.fixture(scope="module")
def ann(guarded_server, shared_dir):
    return Speaker(guarded_server, "ann", shared_dir)


def altered(message: dict, kind: str) -> dict:
    mfcc = ALTERATIONS[kind](np.random.default_rng(5), np.array(message["mfcc"]))
    return {"mfcc": mfcc.tolist(), "frontend": message["frontend"]}


def decision(reply) -> str:
    return reply.raise_for_status().json()["decision"]


@pytest.mark.parametrize("kind", KINDS)
def test_enrolled_takes_answer_no_challenge(guarded_server, shared_dir, kind):
    speaker = Speaker(guarded_server, f"taken-{KINDS.index(kind)}", shared_dir)
    challenge = speaker.challenge()
    digits = challenge["digits"]
    said = [altered(spoken(shared_dir, VOICE, digit, 0), kind) for digit in digits]
    assert decision(speaker.answer(challenge, said=said)) == "reject"


def accepted(speaker: Speaker) -> dict[int, dict]:
    """Answer a challenge as oneself, and return what was said by digit."""
    challenge = speaker.challenge()
    said = dict(zip(challenge["digits"], speaker.say(challenge["digits"]), strict=True))
    assert decision(speaker.answer_at_once(challenge, said=list(said.values()))) == "accept"
    return said


def test_an_accepted_answer_is_not_accepted_again(ann):
    said = accepted(ann)
    challenge = ann.challenge()
    while not set(said) & set(challenge["digits"]):
        challenge = ann.challenge()
    fresh = ann.say(challenge["digits"])
    mixed = [said.get(d, new) for d, new in zip(challenge["digits"], fresh, strict=True)]
    assert decision(ann.answer(challenge, said=mixed)) == "reject"


def test_attempts_know_altered_answers_under_their_digit_and_takes_under_any(shared_dir):
    guard, sent, new = (
        ReplayGuard(),
        spoken(shared_dir, VOICE, 3, 0),
        spoken(shared_dir, VOICE, 5, 0),
    )
    copy = altered(sent, "noise, 5% of each coefficient's deviation")

    def said(*words: tuple[int | None, dict]) -> dict[str, list[Fingerprint]]:
        each = [(d, guard.fingerprint(np.array(message["mfcc"]))) for d, message in words]
        return {name: [Fingerprint(d, prints[name]) for d, prints in each] for name in guard.names}

    known = said((3, sent))
    assert guard.find(said((3, copy), (5, new)), {}, known)
    assert guard.find(said((8, copy), (5, new)), known, {})
    assert not guard.find(said((8, copy), (5, new)), {}, known)  # that is a wrong digit
    assert guard.find(said((8, sent), (5, new)), {}, known)  # the very same numbers
    for digit in (8, None):  # a take, of which nobody may look at the digit
        assert guard.find(said((digit, copy)), {}, known)


def test_an_accepted_answer_at_another_tempo_is_a_replay(guarded_server, shared_dir):
    speaker = Speaker(guarded_server, "paced", shared_dir, range(5))
    said = accepted(speaker)
    challenge = speaker.challenge()
    paced = [at_tempo(said[digit], 1.1) for digit in challenge["digits"]]
    assert decision(speaker.answer_at_once(challenge, said=paced)) == "reject"


def test_an_accepted_answer_from_its_end_to_its_beginning_is_a_replay(guarded_server, shared_dir):
    speaker = Speaker(guarded_server, "turned", shared_dir, range(5))
    said = accepted(speaker)
    challenge = speaker.challenge()
    turned = [{**said[d], "mfcc": said[d]["mfcc"][::-1]} for d in challenge["digits"]]
    assert decision(speaker.answer_at_once(challenge, said=turned)) == "reject"
    query = "SELECT reason FROM audit_log WHERE decision = 'reject' ORDER BY id DESC LIMIT 1"
    ((reason,),) = guarded_server.database.execute(query)
    assert "made of earlier recordings" in reason  # whether or not the digits pass for themselves


def at_tempo(message: dict, tempo: float) -> dict:
    mfcc = np.array(message["mfcc"])
    slower = stretched(mfcc, round(len(mfcc) / tempo))
    return {"mfcc": as_sent(slower).tolist(), "frontend": message["frontend"]}


def test_more_segments_than_digits_are_refused_and_change_nothing(ann):
    challenge = ann.challenge()
    said = ann.say(challenge["digits"])
    junk = {"mfcc": [[0] * 20] * 110, "frontend": said[0]["frontend"]}
    junk["segments"] = [{"digit": 1, "frames": 1}] * 110
    refused = ann.put("/score", {**junk, "challenge": challenge["challenge"]})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["segments"])
    assert decision(ann.answer_at_once(challenge, said=said)) == "accept"


@pytest.mark.every_database
def test_rejected_answers_drive_out_no_accepted_one_but_time_does(database):
    store, long_ago = database.open(), datetime.now(UTC) - timedelta(days=180)
    with store.writing() as connection:
        speaker = speakers.obtain(connection, "ann")

        def remembered() -> list[bytes]:
            kept = fingerprints.recent(connection, speaker.id).by_detector.get("words", [])
            return [one.content for one in kept]

        def add(content: bytes, n_attempts: int, is_accepted: bool, since: datetime) -> None:
            for _ in range(n_attempts):
                said = {"words": [Fingerprint(1, content)] * 2}
                newest = fingerprints.recent(connection, speaker.id).last
                fingerprints.append(connection, speaker.id, said, is_accepted, newest, 5, since)

        add(b"accepted", 5, True, long_ago)
        add(b"junk", 40, False, long_ago)
        assert remembered() == [b"accepted"] * 10 + [b"junk"] * 10
        add(b"later", 2, True, long_ago)
        assert remembered() == [b"accepted"] * 6 + [b"junk"] * 10 + [b"later"] * 4
        add(b"latest", 1, True, datetime.now(UTC) + timedelta(days=1))
        assert remembered() == []
    store.close()


@pytest.mark.every_database
def test_answers_remembered_one_by_one_before_are_still_compared(database):
    store = database.open()
    with store.writing() as connection:
        speaker = speakers.obtain(connection, "ann")
        old = {"speaker_id": speaker.id, "detector": "words", "digit": 4, "is_accepted": True}
        sealed = seal(keyring_of(connection), "fingerprints", speaker.id, b"old")
        connection.execute(insert(fingerprints.fingerprints), {**old, "fingerprint": sealed})
        said = {"words": [Fingerprint(None, b"new"), Fingerprint(7, b"")]}
        said["sha256"] = [Fingerprint(None, b"x"), Fingerprint(7, b"yz")]
        long_ago = datetime.now(UTC) - timedelta(days=180)
        assert not fingerprints.append(connection, speaker.id, said, False, 0, 5, long_ago)
        newest = fingerprints.recent(connection, speaker.id).last
        assert fingerprints.append(connection, speaker.id, said, False, newest, 5, long_ago)
        kept = fingerprints.recent(connection, speaker.id).by_detector
    assert kept["words"] == [(4, b"old", True), (None, b"new", False), (7, b"", False)]
    assert kept["sha256"] == [(None, b"x", False), (7, b"yz", False)]
    store.close()


def test_one_recording_does_not_count_for_two_digits(ann):
    challenge = ann.challenge()
    said = ann.say(challenge["digits"])
    said[3] = said[1]
    assert decision(ann.answer_at_once(challenge, said=said)) == "reject"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/train", "/test"])
def test_enrolment_refuses_what_it_has(ann, shared_dir, kind, path):
    reply = ann.put(path, {**altered(spoken(shared_dir, VOICE, 3, 1), kind), "digit": 3})
    assert (reply.status_code, list(reply.json()["errors"])) == (409, ["mfcc"])


def test_takes_of_before_there_were_prints_are_recognised(guarded_server, shared_dir):
    old = Speaker(guarded_server, "old-takes", shared_dir)
    guarded_server.database.execute("UPDATE takes SET prints = NULL")
    challenge = old.challenge()
    said = [spoken(shared_dir, VOICE, digit, 0) for digit in challenge["digits"]]
    assert decision(old.answer_at_once(challenge, said=said)) == "reject"
    assert decision(old.answer_at_once(old.challenge())) == "accept"


def test_honest_takes_are_enrolled_one_after_the_other(guarded_server, shared_dir):
    speaker = Speaker(guarded_server, "honest", shared_dir)
    for digit in range(10):
        for take in range(N_ENROLLED, 5):
            speaker.train(digit, take).raise_for_status()


def test_without_auth_and_challenge_repetitions_are_taken(live_server, shared_dir):
    message = spoken(shared_dir, VOICE, 3, 0)
    for path in ("/train", "/train", "/test", "/score", "/score"):
        HTTP.put(live_server.url + path, json=message).raise_for_status()
