"""Attempts with a challenge: collected digit by digit, judged as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from cepstra.store import scorings, speakers, takes
from cepstra.store.challenges import Challenge
from cepstra.store.speakers import Speaker
from cepstra.verification import audit, challenges, lockout
from cepstra.verification.challenges import Attempt, Collected
from cepstra.verification.current_model import current_model
from cepstra.verification.digit_check import faults_of_order
from cepstra.verification.enrolment import LOG_LENGTH, check_front_end, score_threshold
from cepstra.verification.errors import NotTrainedError, SpeakerDeletedError
from cepstra.verification.frame_scores import count_above, percent
from cepstra.verification.judgement import Decision, Judgement, Quality
from cepstra.verification.message import Message
from cepstra.verification.service import Service

REJECTED = Judgement(llr=None, probability=None, decision="reject", quality=Quality(None))

Reason = Literal["not-enrolled", "wrong-digits", "repeated", "another-voice", "too-little-speech"]
REASONS: tuple[str, ...] = get_args(Reason)

ANOTHER_VOICE: tuple[Reason, str] = ("another-voice", "another voice")


@dataclass(frozen=True)
class Answered:
    """What /score replies to an attempt with a challenge.

    While auth is on, figures and reason of a rejection are kept back: how close an attempt came,
    and at what it failed, would teach an attacker.

    Attributes:
        challenge: its id.
        remaining: digits still to be said.
        decision: None while digits remain.
        llr: natural log-likelihood ratio, if told.
        probability: likewise.
        threshold: the least ratio that is accepted, likewise.
        reason: what speaks against the attempt, likewise; None where nothing does.
        assertion: the outcome, signed; None while digits remain or without a key.
    """

    challenge: str
    remaining: int
    decision: Decision | None = None
    llr: float | None = None
    probability: float | None = None
    threshold: float | None = None
    reason: Reason | None = None
    assertion: str | None = None


@dataclass(frozen=True)
class _Findings:
    """The judgement of an attempt, and all that speaks against it: texts for the audit log."""

    judgement: Judgement
    faults: Sequence[tuple[Reason, str]]

    @property
    def decision(self) -> Decision:
        return "reject" if self.faults else self.judgement.decision

    @property
    def reason(self) -> Reason | None:
        if self.faults:
            return self.faults[0][0]
        return "too-little-speech" if self.decision == "inconclusive" else None


def answer(service: Service, alias: str, holder: str, attempt: Attempt) -> Answered:
    """Take one digit of a challenge, or all of them, and judge when nothing is missing.

    Whatever speaks against the attempt goes to the audit log. While auth is on it is not in the
    reply: not enrolled, another digit, a repetition and another voice look the same.

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
        findings = _judge(service, alias, collected)
        outcome.decision = findings.decision
    return _answered(service, alias, collected.challenge, findings)


def _answered(service: Service, alias: str, challenge: Challenge, findings: _Findings) -> Answered:
    decision, signer = findings.decision, service.defences.assertions
    judgement, reason = findings.judgement, findings.reason
    if service.defences.is_guarded and decision != "accept":
        judgement = REJECTED
        reason = None if decision == "reject" else reason
    told = Answered(
        challenge.id, 0, decision, judgement.llr, judgement.probability, judgement.threshold, reason
    )
    if signer is None:
        return told
    llr = judgement.llr if decision == "accept" else None
    return replace(told, assertion=signer.sign(alias, challenge, decision, llr))


def _judge(service: Service, alias: str, collected: Collected) -> _Findings:
    challenge, messages = collected.challenge, collected.messages
    faults: list[tuple[Reason, str]] = [
        ("wrong-digits", text) for text in faults_of_order(challenge.digits, messages)
    ]
    try:
        speaker, _ = current_model(service, alias)
    except NotTrainedError as error:
        faults.insert(0, ("not-enrolled", type(error).__name__))
        return _note(service, None, _Findings(REJECTED, faults))
    for message in messages:
        check_front_end(speaker, message)
    unlike = _unlike_digits(service, speaker, messages)
    repeats = _repeats(service, speaker, messages)
    judgement = _compare(service, alias, messages)
    heard: list[tuple[Reason, str]] = [
        *(("wrong-digits", text) for text in unlike),
        *(("repeated", text) for text in repeats),
    ]
    if judgement.decision == "reject":
        heard.insert(0 if _is_likelier_another(judgement) else len(heard), ANOTHER_VOICE)
    faults += heard
    return _note(service, speaker.id, _Findings(judgement, faults))


def _is_likelier_another(judgement: Judgement) -> bool:
    """Tell whether another voice explains best why digits are unlike the speaker's own."""
    return judgement.llr is not None and judgement.llr < 0


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
    scored = service.systems.serving(speaker.frontend).score(model.prepared, messages)
    threshold = score_threshold(model.summary)
    if threshold is not None:
        above = count_above(scored.frame_scores, threshold)
        result = percent(above, len(scored.frame_scores))
        with service.store.writing() as connection:
            scorings.append(connection, speaker.id, messages[-1].digit, result)
            scorings.trimmed_log(connection, speaker.id, 1, LOG_LENGTH)
    return scored.judgement


def _note(service: Service, speaker_id: int | None, findings: _Findings) -> _Findings:
    """Tell the audit log what became of the attempt, and why."""
    texts = [text for _, text in findings.faults] or findings.judgement.quality.warnings
    with service.store.writing() as connection:
        outcome = findings.decision, "; ".join(texts)
        audit.note(connection, service.origin, "score", speaker_id, *outcome)
    return findings
