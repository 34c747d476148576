"""Challenges: random digits to say, for one speaker and one caller, once, within two minutes."""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from cepstra.store import challenges, lockouts, speakers, takes
from cepstra.store.challenges import Answer, Challenge
from cepstra.store.lockouts import Lockout
from cepstra.verification import lockout
from cepstra.verification.errors import (
    ChallengeClosedError,
    LockedOutError,
    TooFewDigitsError,
    TooManyDigitsError,
)
from cepstra.verification.message import Message
from cepstra.verification.service import Service

LIFETIME, QUOTA_WINDOW = timedelta(minutes=2), timedelta(hours=1)


@dataclass(frozen=True)
class SentAttempt:
    """What was sent to be scored.

    Attributes:
        messages: at least one.
        challenge: id of the challenge they answer, if any.
        is_whole: nothing will follow, whether all digits are there or not.
    """

    messages: Sequence[Message]
    challenge: str | None = None
    is_whole: bool = True


@dataclass(frozen=True)
class Collected:
    """A challenge and what was sent for it so far.

    Attributes:
        challenge: that is answered.
        messages: in the order sent.
        remaining: digits still to come.
        tries: how many attempts in a row were not accepted, this one included; 0 while any remain.
    """

    challenge: Challenge
    messages: Sequence[Message]
    remaining: int
    tries: int = 0


def pose(service: Service, alias: str, holder: str, wished_digits: int | None = None) -> Challenge:
    """Make a challenge of different digits, of which the speaker has takes.

    A speaker that does not exist, or has no takes at all, is asked for any digits.

    Args:
        service: says how many digits are asked for where nobody wishes otherwise.
        alias: whose voice is expected.
        holder: who may answer.
        wished_digits: how many to ask for; it gets no fewer than the settings allow.

    Raises:
        LockedOutError: too many attempts were rejected lately; or auth is on, and the speaker was
            asked too often within an hour.
        TooFewDigitsError: there are takes, but of fewer digits than a challenge has.
    """
    now, security_policy = datetime.now(UTC), service.security_policy
    n_digits = max(wished_digits or security_policy.n_digits, security_policy.fewest_digits)
    with service.store.writing() as connection:
        lockout.refuse_locked(connection, "voice", alias)
        if security_policy.is_guarded:
            _charge(connection, alias, security_policy.challenges_per_hour, now)
        digits = _askable(service, connection, alias, n_digits)
        asked = tuple(secrets.SystemRandom().sample(digits, n_digits))
        challenge = Challenge(secrets.token_urlsafe(16), alias, holder, asked, now + LIFETIME)
        challenges.close_expired(connection, now)
        challenges.add(connection, challenge)
    return challenge


def _askable(service: Service, connection: Connection, alias: str, n_digits: int) -> Sequence[int]:
    speaker = speakers.find(connection, alias)
    if speaker is None or speaker.revision == 0:
        return range(10)
    if speaker.frontend not in service.verifiers.by_frontend:
        text = f"expected takes of {', '.join(service.verifiers.by_frontend)}"
        raise TooFewDigitsError("frontend", f"{text}, got {speaker.frontend or 'none'}")
    digits = takes.digits(connection, speaker.id)
    if len(digits) < n_digits:
        text = f"expected takes of at least {n_digits} different digits, got {len(digits)}"
        raise TooFewDigitsError("digit", f"{text}: train with digit set")
    return digits


def collect(service: Service, alias: str, holder: str, attempt: SentAttempt) -> Collected:
    """Add what was sent to its challenge; with the last of it close the challenge and charge it.

    Charged, it counts as a rejection, to be settled. Of calls that come together one is the last;
    a closed challenge is gone for all workers.

    Raises:
        LockedOutError: too many attempts were rejected lately.
        ChallengeClosedError: there is no such open challenge of this speaker and caller.
        TooManyDigitsError: more was said than asked for; the challenge stays open.
    """
    with service.store.writing() as connection:
        challenge = challenges.lock(connection, attempt.challenge or "", datetime.now(UTC))
        if challenge is None or (challenge.alias, challenge.holder) != (alias, holder):
            text = "expected an open challenge of this speaker and caller: ask for a new one"
            raise ChallengeClosedError("challenge", text)
        before = [_message(answer) for answer in challenges.answered(connection, challenge.id)]
        messages = [*before, *attempt.messages]
        if len(messages) > len(challenge.digits):
            text = f"expected at most {len(challenge.digits)} digits, got {len(messages)}"
            raise TooManyDigitsError("segments", text)
        remaining = 0 if attempt.is_whole else max(0, len(challenge.digits) - len(messages))
        tries = 0
        if remaining == 0:
            challenges.close(connection, challenge.id)
            tries = lockout.charge(connection, service.security_policy.lockout, "voice", alias)
        else:
            lockout.refuse_locked(connection, "voice", alias)
            for message in attempt.messages:
                challenges.keep(connection, challenge.id, _answer(message))
    return Collected(challenge, messages, remaining, tries)


def _answer(message: Message) -> Answer:
    return Answer(message.digit, message.frontend, message.arrays())


def _message(answer: Answer) -> Message:
    frames = np.asarray(answer.arrays["frames"])
    return Message(frames, digit=answer.digit, frontend=answer.frontend)


def _charge(connection: Connection, alias: str, most: int, now: datetime) -> None:
    """Count a challenge posed for a speaker, whoever asks, answered or not.

    Without a limit, somebody with recordings of a few digits asks until just those come up. The
    count is kept like that of rejections; `locked_until` ends the hour.

    Raises:
        LockedOutError: there were as many as may be.
    """
    counted = lockouts.lock(connection, "posed", alias, now)
    ends = counted.locked_until
    if ends is None or ends <= now:
        counted, ends = Lockout(), now + QUOTA_WINDOW
    if counted.rejects >= most:
        wait_s = math.ceil((ends - now).total_seconds())
        text = f"expected at most {most} challenges an hour: try again in {wait_s} s"
        raise LockedOutError("speaker", text, wait_s)
    lockouts.save(connection, "posed", alias, Lockout(counted.rejects + 1, ends), now)
