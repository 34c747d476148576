"""Challenges: random digits, said once, in order, by the right caller for the right speaker."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from caller_driver import HTTP, bearer, make_key
from digit_speaker import OTHER_VOICE, VOICE, Speaker, enrol, joined, spoken

pytestmark = pytest.mark.every_database

MOST_SAID = 4  # takes of one voice in one test

REJECTED = {
    "remaining": 0, "decision": "reject", "reason": None,
    "llr": None, "probability": None, "threshold": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def guarded_server(serve, auth_on):
    """A server that never locks the speakers whom tests share."""
    return serve(**auth_on, LOCKOUT_AFTER="1000")


@pytest.fixture(scope="module")
def enrolled(guarded_server):
    """Speakers of that server whom tests share."""
    return []


@pytest.fixture
def speaker(guarded_server, shared_dir, enrolled):
    """A speaker with as many takes left to say as a test may need."""
    if not enrolled or enrolled[-1].n_left < MOST_SAID:
        enrolled.append(Speaker(guarded_server, f"shared{len(enrolled)}", shared_dir))
    return enrolled[-1]


def assert_closed(reply):
    assert (reply.status_code, list(reply.json()["errors"])) == (409, ["challenge"])


def verdict(reply) -> dict:
    """Return the reply without what differs from one to the next."""
    body = reply.raise_for_status().json()
    return {name: body[name] for name in body if name not in ("challenge", "assertion")}


@pytest.mark.sqlite_is_enough
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


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("wished", "got"), [(3, 5), (4, 5), (6, 6)])
def test_the_caller_chooses_how_many_digits(guarded_server, wished, got):
    backend = bearer(make_key(guarded_server, "verify"))
    url = f"{guarded_server.url}/challenges?speaker=x&digits={wished}"
    posed = HTTP.post(url, headers=backend).raise_for_status().json()
    assert len(set(posed["digits"])) == got


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("wished", ["2", "7", "three", ""])
def test_a_bad_number_of_digits_is_named(guarded_server, wished):
    backend = bearer(make_key(guarded_server, "verify"))
    url = f"{guarded_server.url}/challenges?speaker=x&digits={wished}"
    refused = HTTP.post(url, headers=backend)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["digits"])


@pytest.mark.sqlite_is_enough
def test_the_operator_sets_the_fewest(server_factory, auth_on):
    server = server_factory(CHALLENGE_MIN_DIGITS="4", **auth_on)
    backend = bearer(make_key(server, "verify"))
    url = f"{server.url}/challenges?speaker=x"
    lengths = [
        len(HTTP.post(f"{url}{query}", headers=backend).json()["digits"])
        for query in ("", "&digits=3", "&digits=6")
    ]
    assert lengths == [5, 4, 6]


@pytest.mark.sqlite_is_enough
def test_without_auth_a_rejection_says_why(module_server, shared_dir):
    server = module_server
    enrol(server.url, shared_dir, "default")

    def attempt(take, voice=VOICE, shift=0, speaker="default") -> dict:
        url = f"{server.url}/challenges?digits=3&speaker={speaker}"
        challenge = HTTP.post(url).raise_for_status().json()
        asked = challenge["digits"]
        said = [spoken(shared_dir, voice, (digit + shift) % 10, take) for digit in asked]
        body = {**joined(said, asked), "challenge": challenge["challenge"]}
        return HTTP.put(f"{server.url}/score?speaker={speaker}", json=body).json()

    accepted = attempt(2)
    assert (accepted["decision"], accepted["reason"]) == ("accept", None)
    assert accepted["llr"] >= accepted["threshold"]
    assert attempt(0)["reason"] == "repeated"
    assert attempt(3, shift=5)["reason"] == "wrong-digits"
    assert attempt(4, speaker="nobody")["reason"] == "not-enrolled"
    other = attempt(5, OTHER_VOICE)
    assert other["decision"] == "reject"
    assert other["reason"] == "another-voice" or other["llr"] >= 0
    assert other["llr"] < other["threshold"]


@pytest.mark.sqlite_is_enough
def test_a_digit_is_no_longer_than_a_word_can_be(speaker):
    challenge = speaker.challenge()
    [said] = speaker.say(challenge["digits"][:1])
    long = {**said, "mfcc": (said["mfcc"] * 41)[:401], "challenge": challenge["challenge"]}
    parts = [{"digit": challenge["digits"][0], "frames": 401}]
    for body, field in (
        ({**long, "digit": challenge["digits"][0]}, "mfcc"),
        ({**long, "segments": parts}, "segments"),
    ):
        refused = speaker.put("/score", body)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
        assert "at most 400 frames a digit" in refused.text
    assert verdict(speaker.answer(challenge))["decision"] == "accept"  # it stayed open


def test_one_digit_a_call_is_judged_when_the_last_has_come(speaker):
    challenge = speaker.challenge()
    said = speaker.say(challenge["digits"])
    for index, digit in enumerate(challenge["digits"]):
        message = {**said[index], "digit": digit, "challenge": challenge["challenge"]}
        reply = speaker.put("/score", message)
        waiting = {"remaining": 4 - index, "decision": None, "llr": None, "probability": None}
        if index < 4:
            assert verdict(reply).items() >= waiting.items()
    done = verdict(reply)
    assert (done["remaining"], done["decision"]) == (0, "accept")
    assert done["llr"] is None, "a person is told no ratio"


@pytest.mark.sqlite_is_enough
def test_all_digits_at_once(speaker):
    assert verdict(speaker.answer_at_once(speaker.challenge()))["decision"] == "accept"


def test_an_attempt_is_logged_once(guarded_server, shared_dir):
    speaker = Speaker(guarded_server, "logged", shared_dir, digits=range(5))
    speaker.put("/test", speaker.say([3])[0]).raise_for_status()
    speaker.answer(speaker.challenge())
    status = HTTP.get(f"{speaker.server.url}/status", headers=bearer(speaker.token)).json()
    assert len(status["scoring_log"]) == 1


WRONG = {
    "another order": lambda digits: digits[::-1],
    "a wrong digit": lambda digits: [*digits[:-1], next(d for d in range(10) if d not in digits)],
    "the first twice": lambda digits: [digits[0], *digits[:-1]],
}


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("way", ["answer", "answer_at_once"])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_wrong_digits_are_rejected_without_a_reason(speaker, way, wrong):
    challenge = speaker.challenge()
    declared = wrong(challenge["digits"])
    said = speaker.say(declared)
    reply = getattr(speaker, way)(challenge, declared, said=said)
    assert verdict(reply).items() >= REJECTED.items()
    assert_closed(speaker.answer_at_once(challenge, said=said))


@pytest.mark.sqlite_is_enough
def test_a_missing_digit_is_rejected(speaker):
    challenge = speaker.challenge()
    assert verdict(speaker.answer_at_once(challenge, challenge["digits"][:-1]))["decision"] == (
        "reject"
    )


@pytest.mark.sqlite_is_enough
def test_all_rejections_look_the_same(guarded_server, shared_dir, speaker):
    untrained = Speaker(guarded_server, "untrained", shared_dir, digits=())
    challenge = speaker.challenge()
    old = speaker.say(challenge["digits"])
    assert verdict(speaker.answer_at_once(challenge, said=old))["decision"] == "accept"
    challenge = speaker.challenge()
    replies = [
        speaker.answer_at_once(speaker.challenge(), [1, 2, 3]),
        speaker.answer_at_once(speaker.challenge(), voice=OTHER_VOICE),
        speaker.answer_at_once(challenge, said=speaker.say(challenge["digits"][::-1])),
        speaker.answer_at_once(speaker.challenge(), said=old),
        untrained.answer_at_once(untrained.challenge()),
    ]
    assert [verdict(reply) for reply in replies] == [verdict(replies[0])] * 5
    assert verdict(replies[0]).items() >= REJECTED.items()


def test_a_challenge_is_for_one_attempt(speaker):
    challenge = speaker.challenge()
    speaker.answer_at_once(challenge).raise_for_status()
    assert_closed(speaker.answer_at_once(challenge))


def test_of_answers_that_come_together_one_counts(server_factory, auth_on, shared_dir):
    server = server_factory(workers=2, **auth_on)
    speaker = Speaker(server, "ann", shared_dir, digits=range(5))
    challenge = speaker.challenge()
    said = speaker.say(challenge["digits"])
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: speaker.answer_at_once(challenge, said=said), range(8)))
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 7


def test_a_challenge_is_over_after_two_minutes(speaker):
    challenge = speaker.challenge()
    left = datetime.fromisoformat(challenge["expires_at"]) - datetime.now(UTC)
    speaker.server.database.execute("UPDATE challenges SET expires_at = '2020-01-01 00:00:00'")
    assert 60 < left.total_seconds() <= 120
    assert_closed(speaker.answer_at_once(challenge))


def test_a_challenge_is_bound_to_caller_and_speaker(guarded_server, shared_dir, speaker):
    other = Speaker(guarded_server, "bound-other", shared_dir, digits=range(5))
    backend = bearer(make_key(guarded_server, "verify"))
    another = bearer(make_key(guarded_server, "verify"))
    url = f"{guarded_server.url}/score?speaker="
    own = speaker.challenge()
    assert_closed(other.answer_at_once(own))
    posed = HTTP.post(f"{guarded_server.url}/challenges?speaker=a", headers=backend).json()
    message = speaker.say([1])[0] | {"digit": 1, "challenge": posed["challenge"]}
    assert_closed(HTTP.put(f"{url}b", json=message, headers=backend))
    assert_closed(HTTP.put(f"{url}a", json=message, headers=another))
    HTTP.put(f"{url}a", json=message, headers=backend).raise_for_status()
    speaker.answer_at_once(own).raise_for_status()


def test_deleting_a_speaker_deletes_challenges_and_answers(guarded_server, shared_dir):
    speaker = Speaker(guarded_server, "deleted", shared_dir, digits=range(5))
    challenge = speaker.challenge()
    message = {**speaker.say([1])[0], "digit": 1, "challenge": challenge["challenge"]}
    speaker.put("/score", message).raise_for_status()
    HTTP.delete(f"{guarded_server.url}/delete", headers=bearer(speaker.token)).raise_for_status()
    for table, column in (("challenges", "id"), ("answers", "challenge_id")):
        query = f"SELECT COUNT(*) FROM {table} WHERE {column} = :number"
        found = guarded_server.database.execute(query, number=challenge["challenge"])
        assert found == [(0,)]


@pytest.mark.sqlite_is_enough
def test_a_challenge_needs_digits(speaker):
    message = {**speaker.say([1])[0], "challenge": speaker.challenge()["challenge"]}
    reply = speaker.put("/score", message)
    assert (reply.status_code, list(reply.json()["errors"])) == (400, ["digit"])


@pytest.mark.sqlite_is_enough
def test_another_front_end_than_enrolled(speaker):
    challenge = speaker.challenge()
    mfcc = speaker.say([1])[0]["mfcc"]
    message = {"mfcc": mfcc, "challenge": challenge["challenge"]}
    message["segments"] = [{"digit": 1, "frames": len(mfcc)}]
    assert list(speaker.put("/score", message).json()["errors"]) == ["frontend"]


@pytest.mark.sqlite_is_enough
def test_only_enrolled_digits_are_asked(guarded_server, shared_dir):
    few = Speaker(guarded_server, "six-digits", shared_dir, digits=range(6))
    asked = {digit for _ in range(20) for digit in few.challenge()["digits"]}
    assert asked == set(range(6))
    assert verdict(few.answer(few.challenge()))["decision"] == "accept"


@pytest.mark.parametrize("digits", [(), (0, 1, 2, 3)], ids=["none", "four"])
def test_too_few_enrolled_digits_for_a_challenge(guarded_server, shared_dir, digits):
    few = Speaker(guarded_server, f"few-{len(digits)}", shared_dir, digits)
    few.put("/train", spoken(shared_dir, OTHER_VOICE, 7, 0)).raise_for_status()
    reply = HTTP.post(f"{guarded_server.url}/challenges", headers=bearer(few.token))
    assert (reply.status_code, list(reply.json()["errors"])) == (409, ["digit"])
    assert f"at least 5 different digits, got {len(digits)}" in reply.json()["description"]


@pytest.mark.sqlite_is_enough
def test_enrolment_of_an_unknown_front_end_gets_no_challenge(module_server):
    message = {"mfcc": [[1.0, 2.0, 3.0], [2.0, 1.0, 0.0]] * 20, "digit": 1}
    HTTP.put(f"{module_server.url}/train?speaker=unknown", json=message).raise_for_status()
    reply = HTTP.post(f"{module_server.url}/challenges?speaker=unknown")
    assert (reply.status_code, list(reply.json()["errors"])) == (409, ["frontend"])


@pytest.mark.sqlite_is_enough
def test_one_take_of_each_digit_is_enough(guarded_server, shared_dir):
    once = Speaker(guarded_server, "once", shared_dir, digits=())
    for digit in range(10):
        once.train(digit, 0).raise_for_status()
    assert verdict(once.answer_at_once(once.challenge()))["decision"] == "accept"


@pytest.mark.sqlite_is_enough
def test_the_reason_is_in_the_audit_log_alone(server_factory, auth_on, shared_dir, capfd):
    server = server_factory(**auth_on, LOCKOUT_AFTER="100")
    ann = Speaker(server, "ann", shared_dir)
    posed = [ann.challenge() for _ in range(4)]
    old = ann.say(posed[0]["digits"])
    ann.answer_at_once(posed[0], said=old)
    replies = [
        ann.answer_at_once(posed[1], posed[1]["digits"][:1]),
        ann.answer(posed[2], said=ann.say(posed[2]["digits"][::-1])),
        ann.answer_at_once(posed[3], said=old),
        ann.answer_at_once(ann.challenge(), voice=OTHER_VOICE),
    ]
    assert all(verdict(reply).items() >= REJECTED.items() for reply in replies)
    server.stop()
    query = "SELECT reason FROM audit_log WHERE decision = 'reject' ORDER BY id"
    missing, order, repeated, _ = (reason or "" for (reason,) in server.database.execute(query))
    asked = " ".join(map(str, posed[1]["digits"]))
    assert missing == f"asked for {asked}, declared {posed[1]['digits'][0]}"
    assert "sounds like" in order and "asked for" not in order
    assert "message 1 was heard before" in repeated
    assert "sounds like" not in capfd.readouterr().err
