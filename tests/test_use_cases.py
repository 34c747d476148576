"""The domain on a real store: what it refuses, word by word, what it counts and what it keeps."""

from dataclasses import replace

import numpy as np
import pytest
from example_messages import TRAIN

from cepstra.config import Config
from cepstra.store import speakers, takes
from cepstra.verification import (
    accounts as use_accounts,
)
from cepstra.verification import (
    api_keys,
    attempts,
    challenges,
    comparison,
    enrolment,
    export,
    intrusion,
    lockout,
    sessions,
    spoken_digits,
    unenrolment,
)
from cepstra.verification import (
    speakers as use_speakers,
)
from cepstra.verification.callers import LOCAL, Caller
from cepstra.verification.challenges import SentAttempt
from cepstra.verification.digit_check import Word
from cepstra.verification.errors import LockedOutError, NotInvitedError, VerificationError
from cepstra.verification.lockout import LockoutRule
from cepstra.verification.message import Message
from cepstra.verification.registration import Registration
from cepstra.verification.registry import load_verifiers
from cepstra.verification.security_policy import SecurityPolicy
from cepstra.verification.service import Service
from cepstra.verification.signing import SigningKeys

FRAMES = np.array(TRAIN["mfcc"])
FRONT_END = "meyda-16k-1"
SYSTEMS = load_verifiers(Config())
NEVER = SecurityPolicy(n_digits=2, fewest_digits=2)


def message(start: int = 0, digit: int | None = None, **more) -> Message:
    frames = more.pop("frames", FRAMES[start : start + 80])
    return Message(frames, digit=digit, **{"frontend": FRONT_END, **more})


@pytest.fixture(scope="module")
def service(new_database):
    """One store in which ann has takes of two digits, plain has some of no known front end."""
    store = new_database().open()
    service = Service(store, SYSTEMS, NEVER)
    for number in range(4):
        enrolment.train(service, "ann", message(100 * number, number // 2, take=f"take {number}"))
    enrolment.train(service, "plain", message(frontend=None))
    use_speakers.create(service, "empty")
    use_accounts.create(service, "carl", "correct horse battery")
    yield service
    store.close()


def train(service, alias="ann", **more):
    enrolment.train(service, alias, message(**more))


REFUSALS = {
    "a take's name is taken": (
        lambda s: train(s, start=500, take="take 0"),
        ("take", "expected a new name, got that of another: take 0"),
    ),
    "a reference of that name is another take": (
        lambda s: enrolment.set_reference(s, "ann", message(0, 0, take="take 0")),
        ("take", "expected a new name, got that of another: take 0"),
    ),
    "another front end": (
        lambda s: train(s, frontend=None),
        ("frontend", f"expected {FRONT_END} as in the speaker's enrolment, got none"),
    ),
    "a front end where none was told": (
        lambda s: train(s, "plain"),
        ("frontend", f"expected none as in the speaker's enrolment, got {FRONT_END}"),
    ),
    "another width": (
        lambda s: train(s, "plain", frontend=None, frames=FRAMES[:80, :13]),
        ("mfcc", "expected 20 coefficients as enrolled, got 13"),
    ),
    "a reference before training": (
        lambda s: enrolment.set_reference(s, "empty", message()),
        ("speaker", "empty: train some digits before /test"),
    ),
    "a reference of nobody": (
        lambda s: enrolment.set_reference(s, "nobody", message()),
        ("speaker", "nobody: train some digits before /test"),
    ),
    "no consent": (
        lambda s: train(replace(s, require_consent=True)),
        ("consent", "expected the consent of ann first (POST /consent), got none"),
    ),
    "frames that were sent before": (
        lambda s: train(replace(s, security_policy=replace(NEVER, is_guarded=True)), start=100),
        ("mfcc", "expected speech that was not sent before, got a repetition"),
    ),
    "an attempt at nobody": (
        lambda s: attempts.score(s, "nobody", [message()]),
        ("speaker", "nobody has no model yet: enrol some speech first"),
    ),
    "an attempt at somebody without takes": (
        lambda s: attempts.score(s, "empty", [message()]),
        ("speaker", "empty has no model yet: enrol some speech first"),
    ),
    "an intrusion without a threshold": (
        lambda s: intrusion.intrusion_test(s, "plain", 3),
        ("speaker", "plain has no reference yet: train a digit twice"),
    ),
    "an alias that is taken": (
        lambda s: use_speakers.create(s, "ann"),
        ("alias", "ann exists already"),
    ),
    "a description of nobody": (
        lambda s: use_speakers.find(s.store, "nobody"),
        ("speaker", "there is no speaker nobody"),
    ),
    "an export of nobody": (
        lambda s: export.export(s, "nobody"),
        ("speaker", "there is no speaker nobody"),
    ),
    "a device of nobody": (
        lambda s: unenrolment.forget_device(s, "nobody", "phone"),
        ("speaker", "there is no speaker nobody"),
    ),
    "a device unknown": (
        lambda s: unenrolment.forget_device(s, "ann", "phone" * 20),
        ("device", f"ann has no takes of a device {'phone' * 16}"),
    ),
    "a take unknown": (
        lambda s: unenrolment.forget_take(s, "ann", "other"),
        ("take", "ann has no take other"),
    ),
    "comparing without a calibrated system": (
        lambda s: comparison.compare(s, [message()], [message(frontend="x")]),
        (
            "second.frontend",
            f"expected a front end with a calibrated system ({FRONT_END}), got x",
        ),
    ),
    "comparing without a front end": (
        lambda s: comparison.compare(s, [message(frontend=None)], [message()]),
        (
            "first.frontend",
            f"expected a front end with a calibrated system ({FRONT_END}), got none",
        ),
    ),
    "a challenge of more digits than there are": (
        lambda s: challenges.pose(s, "ann", "me", 3),
        (
            "digit",
            "expected takes of at least 3 different digits, got 2: train with digit set",
        ),
    ),
    "a challenge without a calibrated system": (
        lambda s: challenges.pose(s, "plain", "me"),
        ("frontend", f"expected takes of {FRONT_END}, got none"),
    ),
    "a challenge that does not exist": (
        lambda s: challenges.collect(s, "ann", "me", SentAttempt([message()], "x")),
        ("challenge", "expected an open challenge of this speaker and caller: ask for a new one"),
    ),
    "no challenge at all": (
        lambda s: challenges.collect(s, "ann", "me", SentAttempt([message()])),
        ("challenge", "expected an open challenge of this speaker and caller: ask for a new one"),
    ),
    "an account of a name that is taken": (
        lambda s: use_accounts.create(s, "ann", "correct horse battery"),
        ("name", "expected another name: this one is taken"),
    ),
    "a wrong password": (
        lambda s: use_accounts.sign_in(s.store, LockoutRule(99), "carl", "wrong"),
        ("password", "name and password do not belong together"),
    ),
    "a password of nobody": (
        lambda s: use_accounts.sign_in(s.store, LockoutRule(99), "nobody", "wrong"),
        ("password", "name and password do not belong together"),
    ),
    "a network that is not there": (
        lambda s: replace(SYSTEMS, own=dict.fromkeys(["two", "of ours"])).own_network("another"),
        ("system", "expected a network of this service (two, of ours)"),
    ),
    "a network where there is none": (
        lambda s: SYSTEMS.own_network("ours"),
        ("system", "expected a network of this service (none: MODEL_FOLDERS is not set)"),
    ),
    "a key that opens more than its maker's": (
        lambda s: api_keys.demand_held(Caller("key 1", frozenset({"enrol"})), ["enrol", "verify"]),
        ("scopes", "expected scopes that your own key holds, got verify too"),
    ),
    "an invitation without keys to sign it": (
        lambda s: Registration(SigningKeys([])).invite("ann", 1),
        ("SIGNING_KEYS", "expected keys to sign with, got none"),
    ),
    "signing in while auth is off": (
        lambda s: sessions.Sessions(SigningKeys([]), 60).check_open(),
        ("auth", "auth is off here: there is nothing to sign in to"),
    ),
    "signing out while auth is off": (
        lambda s: sessions.Sessions(SigningKeys([]), 60).close(s.store, LOCAL),
        ("auth", "auth is off here: nobody is signed in"),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_names_the_field_what_was_expected_and_what_came(service, case):
    call, expected = REFUSALS[case]
    with pytest.raises(VerificationError) as refused:
        call(service)
    assert (refused.value.field, refused.value.description) == expected
    assert str(refused.value) == expected[1]


def test_a_tenants_key_makes_accounts_of_that_tenant_alone():
    registration, admin = Registration(SigningKeys([])), frozenset({"admin"})
    tins = Caller("key 1", admin, tenant="tin")
    assert registration.demand(tins, "zoë", None) == ("tin", "zoë")
    assert registration.demand(tins, "tin/zoë", None) == ("tin", "zoë")
    assert registration.demand(Caller("key 2", admin), "tin/zoë", None) == ("tin", "zoë")
    assert registration.demand(Caller("key 2", admin), "zoë", None) == ("", "zoë")
    with pytest.raises(NotInvitedError):
        registration.demand(tins, "zinc/zoë", None)


@pytest.mark.parametrize(("kind", "field"), [("voice", "speaker"), ("password", "name")])
def test_who_is_locked_out_is_told_for_how_long(service, kind, field):
    rule, alias = LockoutRule(after=2, first_delay_s=30), f"locked {kind}"
    for _ in range(2):
        with service.store.writing() as connection:
            lockout.charge(connection, rule, kind, alias)
    with pytest.raises(LockedOutError) as refused, service.store.writing() as connection:
        lockout.charge(connection, rule, kind, alias)
    assert 0 < refused.value.retry_after_s <= 30  # less the seconds since
    text = f"too many rejected attempts: try again in {refused.value.retry_after_s} s"
    assert (refused.value.field, refused.value.description) == (field, text)


def test_a_wrong_password_locks_the_password_and_not_the_voice(service):
    use_accounts.create(service, "dan", "correct horse battery")
    with pytest.raises(VerificationError):
        use_accounts.sign_in(service.store, LockoutRule(after=1), "dan", "wrong")
    with pytest.raises(LockedOutError) as refused:
        use_accounts.sign_in(service.store, LockoutRule(), "dan", "correct horse battery")
    assert refused.value.field == "name"
    with service.store.writing() as connection:
        lockout.charge(connection, LockoutRule(), "voice", "dan")


@pytest.mark.parametrize(
    ("decisions", "rejects"),
    [
        (["reject", "reject"], 2),
        (["reject", None], 1),
        (["reject", "inconclusive"], 1),
        (["reject", "reject", "accept"], 0),
        ([None], 0),
        (["reject", "accept", "reject"], 1),
    ],
)
def test_only_rejections_in_a_row_count(service, decisions, rejects):
    rule, alias = LockoutRule(), f"counted {decisions}"
    for decision in decisions:
        with lockout.charged(service.store, rule, "voice", alias):
            with service.store.writing() as connection:
                lockout.settle(connection, rule, ("voice", alias), decision)
    assert use_speakers.status(service, alias).rejects == rejects


def test_an_attempt_that_fails_inside_does_not_count(service):
    with (
        pytest.raises(RuntimeError),
        lockout.charged(service.store, LockoutRule(), "voice", "broken"),
    ):
        assert use_speakers.status(service, "broken").rejects == 1
        raise RuntimeError
    assert use_speakers.status(service, "broken").rejects == 0


def test_digits_that_cannot_be_compared_are_faults(service):
    checker = spoken_digits.load_spoken_digits(3)
    with service.store.reading() as connection:
        enrolled = takes.load(connection, speakers.find(connection, "ann").id)

    def words(spoken) -> list[Word]:
        return [Word(one.digit, checker.print_of(one.frames)) for one in spoken]

    known, said = words(enrolled), words([message(0, 0)])
    assert checker.check(known[:2], said) == ("1 digits enrolled, at least 2 are compared",)
    strange = words([message(0, 0), message(0, 7), message(0, None)])
    assert checker.check(known, strange) == ("declared [7, None], of which there is no take",)
    narrow = words([message(0, 0, frames=FRAMES[:80, :13])])
    assert checker.check(known, narrow) == ("expected 20 coefficients to compare digits",)
    assert checker.other_digit(known, narrow[0]) is None
    assert checker.other_digit(known, strange[1]) == 0  # the same word again
    assert checker.other_digit(known[:2], said[0]) is None
