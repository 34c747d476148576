"""Attempts with a challenge: collected digit by digit, judged as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from store import scorings, speakers, takes
from store.speakers import Speaker
from verification import audit, challenges, lockout
from verification.challenges import Attempt, Collected
from verification.current_model import current_model
from verification.digit_check import faults_of_order
from verification.enrolment import LOG_LENGTH, check_front_end, score_threshold
from verification.errors import NotTrainedError, SpeakerDeletedError
from verification.frame_scores import count_above, percent
from verification.judgement import Decision, Judgement, Quality
from verification.message import Message
from verification.service import Service

REJECTED = Judgement(llr=None, probability=None, decision="reject", quality=Quality(None))


@dataclass(frozen=True)
class Answered:
    """What /score replies to an attempt with a challenge.

    Attributes:
        challenge: its id.
        remaining: digits still to be said.
        decision: None while digits remain.
        llr: of an accepted attempt alone: how close a rejected one was would teach an attacker.
        probability: likewise.
        assertion: the outcome, signed; None while digits remain or without a key.
    """

    challenge: str
    remaining: int
    decision: Decision | None = None
    llr: float | None = None
    probability: float | None = None
    assertion: str | None = None


def answer(service: Service, alias: str, holder: str, attempt: Attempt) -> Answered:
    """Take one digit of a challenge, or all of them, and judge when nothing is missing.

    Whatever speaks against the attempt goes to the audit log and not into the reply: not enrolled,
    another digit, a repetition and another voice look the same.

    Raises:
        ChallengeClosedError: there is no such open challenge of this speaker and caller.
        FrontEndMismatchError: the speaker's takes come from another front end.
        LockedOutError: too many attempts were rejected lately.
    """
    lockout.check(service.store, "voice", alias)
    collected = challenges.collect(service.store, alias, holder, attempt)
    if collected.remaining:
        return Answered(collected.challenge.id, collected.remaining)
    with lockout.counting(service.store, service.defences.lockout, "voice", alias) as outcome:
        judgement = _judge(service, alias, collected)
        outcome.decision = judgement.decision
    return _answered(service, alias, collected.challenge.id, judgement)


def _answered(service: Service, alias: str, challenge_id: str, judgement: Judgement) -> Answered:
    if judgement.decision != "accept":
        judgement = replace(judgement, llr=None, probability=None)
    signer = service.defences.assertions
    answered = Answered(challenge_id, 0, judgement.decision, judgement.llr, judgement.probability)
    if signer is None:
        return answered
    assertion = signer.sign(alias, challenge_id, judgement.decision, judgement.llr)
    return replace(answered, assertion=assertion)


def _judge(service: Service, alias: str, collected: Collected) -> Judgement:
    challenge, messages = collected.challenge, collected.messages
    faults = [*faults_of_order(challenge.digits, messages)]
    try:
        speaker, _ = current_model(service, alias)
    except NotTrainedError as error:
        return _conclude(service, None, REJECTED, [*faults, type(error).__name__])
    for message in messages:
        check_front_end(speaker, message)
    faults += _unlike_digits(service, speaker, messages)
    faults += _repeats(service, speaker, messages)
    judgement = _compare(service, alias, messages)
    if judgement.decision == "reject":
        faults.append("another voice")
    return _conclude(service, speaker.id, judgement, faults)


def _unlike_digits(service: Service, speaker: Speaker, messages: Sequence[Message]) -> list[str]:
    with service.store.reading() as connection:
        material = takes.load(connection, speaker.id)
    checkers = service.defences.digit_checkers
    return [fault for checker in checkers for fault in checker.check(material, messages)]


def _repeats(service: Service, speaker: Speaker, messages: Sequence[Message]) -> Sequence[str]:
    guard = service.defences.replay
    with service.store.writing() as connection:
        if speakers.lock(connection, speaker.id) is None:
            raise SpeakerDeletedError("speaker", "the speaker was deleted during the attempt")
        found = guard.find(connection, speaker.id, messages)
        guard.remember(connection, speaker.id, messages)
    return found


def _compare(service: Service, alias: str, messages: Sequence[Message]) -> Judgement:
    speaker, model = current_model(service, alias)
    scored = service.systems.serving(speaker.frontend).score(model.arrays, messages)
    threshold = score_threshold(model)
    if threshold is not None:
        above = count_above(scored.frame_scores, threshold)
        result = percent(above, len(scored.frame_scores))
        with service.store.writing() as connection:
            scorings.append(connection, speaker.id, messages[-1].digit, result)
            scorings.trim(connection, speaker.id, LOG_LENGTH)
    return scored.judgement


def _conclude(
    service: Service, speaker_id: int | None, judgement: Judgement, faults: Sequence[str]
) -> Judgement:
    """Note what became of the attempt in the audit log, which alone says why."""
    judgement = REJECTED if faults else judgement
    reason = "; ".join(faults or judgement.quality.warnings)
    with service.store.writing() as connection:
        audit.note(connection, service.origin, "score", speaker_id, judgement.decision, reason)
    return judgement
