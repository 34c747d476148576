"""Challenges: random digits, said once, in order, by the right caller for the right speaker."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from caller_driver import HTTP, bearer, create_account, make_key, sign_in

ROOT = Path(__file__).resolve().parent.parent
TRAIN, TEST, OTHER = (
    json.loads((ROOT / name).read_text())
    for name in ("mfcc_train.json", "mfcc_test.json", "mfcc_other_speaker.json")
)
PIECE = 60
REJECTED = {"remaining": 0, "decision": "reject", "llr": None, "probability": None}


def cut(message: dict, start: int, n_frames: int) -> dict:
    part = {name: message[name][start : start + n_frames] for name in ("mfcc", "energy", "zcr")}
    return {**part, "frontend": message["frontend"]}


class Speaker:
    """A speaker with an account, enrolled, and ways to answer a challenge."""

    def __init__(self, server, name: str, is_enrolled: bool = True) -> None:
        create_account(server, name)
        self.server, self.name = server, name
        self.token = sign_in(server, name)
        if is_enrolled:
            self.put("/train", TRAIN).raise_for_status()

    def put(self, path: str, message: dict):
        return HTTP.put(self.server.url + path, json=message, headers=bearer(self.token))

    def challenge(self) -> dict:
        reply = HTTP.post(f"{self.server.url}/challenges", headers=bearer(self.token))
        return reply.raise_for_status().json()

    def answer(self, challenge: dict, digits=None, voice=TEST, start: int = 0):
        """Send one digit a call and return the last reply."""
        for index, digit in enumerate(digits or challenge["digits"]):
            message = cut(voice, start + index * PIECE, PIECE)
            message |= {"digit": digit, "challenge": challenge["challenge"]}
            reply = self.put("/score", message)
        return reply

    def answer_at_once(self, challenge: dict, digits=None, voice=TEST, start: int = 0):
        digits = digits or challenge["digits"]
        message = cut(voice, start, PIECE * len(digits))
        segments = [{"digit": digit, "frames": PIECE} for digit in digits]
        message |= {"segments": segments, "challenge": challenge["challenge"]}
        return self.put("/score", message)


@pytest.fixture
def speaker(guarded_server, request):
    return Speaker(guarded_server, f"s{abs(hash(request.node.nodeid))}")


def assert_closed(reply):
    assert (reply.status_code, list(reply.json()["errors"])) == (409, ["challenge"])


def verdict(reply) -> dict:
    """Return the reply without what differs from one to the next."""
    body = reply.raise_for_status().json()
    return {name: body[name] for name in body if name not in ("challenge", "assertion")}


def test_digits_are_random_and_different(guarded_server):
    backend = bearer(make_key(guarded_server, "verify"))
    posed = [
        HTTP.post(f"{guarded_server.url}/challenges?speaker=x", headers=backend).json()
        for _ in range(40)
    ]
    assert all(len(set(one["digits"])) == len(one["digits"]) == 5 for one in posed)
    assert {digit for one in posed for digit in one["digits"]} == set(range(10))
    assert len({tuple(one["digits"]) for one in posed}) > 30
    assert len({one["challenge"] for one in posed}) == 40


def test_one_digit_a_call_is_judged_when_the_last_has_come(speaker):
    challenge = speaker.challenge()
    for index, digit in enumerate(challenge["digits"][:-1]):
        message = cut(TEST, index * PIECE, PIECE)
        reply = speaker.put(
            "/score", {**message, "digit": digit, "challenge": challenge["challenge"]}
        )
        waiting = {"remaining": 4 - index, "decision": None, "llr": None, "probability": None}
        assert verdict(reply).items() >= waiting.items()
    last = cut(TEST, 4 * PIECE, PIECE) | {"digit": challenge["digits"][-1]}
    done = verdict(speaker.put("/score", {**last, "challenge": challenge["challenge"]}))
    assert (done["remaining"], done["decision"]) == (0, "accept")
    assert done["llr"] > 0


def test_all_digits_at_once(speaker):
    assert verdict(speaker.answer_at_once(speaker.challenge()))["decision"] == "accept"


def test_an_attempt_is_logged_once(speaker):
    speaker.put("/test", cut(TEST, 0, 300)).raise_for_status()
    speaker.answer(speaker.challenge(), start=300)
    status = HTTP.get(f"{speaker.server.url}/status", headers=bearer(speaker.token)).json()
    assert len(status["scoring_log"]) == 1


WRONG = {
    "another order": lambda digits: digits[::-1],
    "a wrong digit": lambda digits: [*digits[:-1], next(d for d in range(10) if d not in digits)],
    "the first twice": lambda digits: [digits[0], *digits[:-1]],
}


@pytest.mark.parametrize("way", ["answer", "answer_at_once"])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_wrong_digits_are_rejected_without_a_reason(speaker, way, wrong):
    challenge = speaker.challenge()
    reply = getattr(speaker, way)(challenge, wrong(challenge["digits"]))
    assert verdict(reply).items() >= REJECTED.items()
    assert_closed(speaker.answer_at_once(challenge))


def test_a_missing_digit_is_rejected(speaker):
    challenge = speaker.challenge()
    assert verdict(speaker.answer_at_once(challenge, challenge["digits"][:-1]))["decision"] == (
        "reject"
    )


def test_all_rejections_look_the_same(guarded_server, speaker):
    untrained = Speaker(guarded_server, "untrained", is_enrolled=False)
    assert verdict(speaker.answer_at_once(speaker.challenge()))["decision"] == "accept"
    replies = [
        speaker.answer_at_once(speaker.challenge(), [1, 2, 3]),
        speaker.answer_at_once(speaker.challenge(), voice=OTHER),
        speaker.answer_at_once(speaker.challenge()),
        untrained.answer_at_once(untrained.challenge()),
    ]
    assert [verdict(reply) for reply in replies] == [verdict(replies[0])] * 4
    assert verdict(replies[0]).items() >= REJECTED.items()


def test_what_was_said_in_an_attempt_is_not_accepted_again(speaker):
    assert verdict(speaker.answer_at_once(speaker.challenge()))["decision"] == "accept"
    assert verdict(speaker.answer_at_once(speaker.challenge()))["decision"] == "reject"
    assert verdict(speaker.answer(speaker.challenge(), start=300))["decision"] == "accept"


def test_enrolment_with_auth_on_refuses_a_repetition(speaker):
    for path in ("/train", "/test"):
        reply = speaker.put(path, TRAIN)
        assert (reply.status_code, list(reply.json()["errors"])) == (409, ["mfcc"])
        speaker.put(path, cut(TEST, 0 if path == "/train" else 300, 300)).raise_for_status()


def test_a_challenge_is_for_one_attempt(speaker):
    challenge = speaker.challenge()
    speaker.answer_at_once(challenge).raise_for_status()
    assert_closed(speaker.answer_at_once(challenge))


def test_of_answers_that_come_together_one_counts(server_factory, auth_on):
    server = server_factory(workers=2, **auth_on)
    speaker = Speaker(server, "ann")
    challenge = speaker.challenge()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: speaker.answer_at_once(challenge), range(8)))
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 7


def test_a_challenge_is_over_after_two_minutes(speaker):
    challenge = speaker.challenge()
    with sqlite3.connect(speaker.server.database) as database:
        (left_s,) = database.execute(
            "SELECT (julianday(expires_at) - julianday('now')) * 86400 FROM challenges"
            " WHERE id = ?",
            [challenge["challenge"]],
        ).fetchone()
        database.execute("UPDATE challenges SET expires_at = datetime('now', '-1 second')")
    assert 60 < left_s <= 120
    assert_closed(speaker.answer_at_once(challenge))


def test_a_challenge_is_bound_to_caller_and_speaker(guarded_server, speaker):
    other = Speaker(guarded_server, "bound-other")
    backend = bearer(make_key(guarded_server, "verify"))
    another = bearer(make_key(guarded_server, "verify"))
    url = f"{guarded_server.url}/score?speaker="
    own = speaker.challenge()
    assert_closed(other.answer_at_once(own))
    posed = HTTP.post(f"{guarded_server.url}/challenges?speaker=a", headers=backend).json()
    message = cut(TEST, 0, PIECE) | {"digit": 1, "challenge": posed["challenge"]}
    assert_closed(HTTP.put(f"{url}b", json=message, headers=backend))
    assert_closed(HTTP.put(f"{url}a", json=message, headers=another))
    HTTP.put(f"{url}a", json=message, headers=backend).raise_for_status()
    speaker.answer_at_once(own).raise_for_status()


def test_deleting_a_speaker_deletes_challenges_and_answers(guarded_server, speaker):
    challenge = speaker.challenge()
    speaker.put(
        "/score", {**cut(TEST, 0, PIECE), "digit": 1, "challenge": challenge["challenge"]}
    ).raise_for_status()
    HTTP.delete(f"{guarded_server.url}/delete", headers=bearer(speaker.token)).raise_for_status()
    with sqlite3.connect(guarded_server.database) as database:
        query = "SELECT COUNT(*) FROM {} WHERE {} = ?"
        for table, column in (("challenges", "id"), ("answers", "challenge_id")):
            found = database.execute(query.format(table, column), [challenge["challenge"]])
            assert found.fetchone() == (0,)


def test_a_challenge_needs_digits(speaker):
    message = cut(TEST, 0, PIECE) | {"challenge": speaker.challenge()["challenge"]}
    reply = speaker.put("/score", message)
    assert (reply.status_code, list(reply.json()["errors"])) == (400, ["digit"])


def test_another_front_end_than_enrolled(speaker):
    challenge = speaker.challenge()
    message = {"mfcc": TEST["mfcc"][:PIECE], "challenge": challenge["challenge"]}
    message["segments"] = [{"digit": 1, "frames": PIECE}]
    assert list(speaker.put("/score", message).json()["errors"]) == ["frontend"]


def test_the_reason_is_in_the_audit_log_alone(server_factory, capfd):
    server = server_factory()
    HTTP.put(f"{server.url}/train", json=TRAIN).raise_for_status()
    challenge = HTTP.post(f"{server.url}/challenges").json()
    message = cut(TEST, 0, PIECE) | {"challenge": challenge["challenge"]}
    message["segments"] = [{"digit": challenge["digits"][0], "frames": PIECE}]
    reply = HTTP.put(f"{server.url}/score", json=message)
    assert verdict(reply).items() >= REJECTED.items()
    server.stop()
    with sqlite3.connect(server.database) as database:
        (entry,) = database.execute("SELECT * FROM audit_log WHERE action = 'score'")
    asked, told = " ".join(map(str, challenge["digits"])), challenge["digits"][0]
    assert {"reject", f"asked for {asked}, declared {told}"} <= set(entry)
    assert "asked for" not in capfd.readouterr().err
