"""Verification attempts, plain and challenged: one snapshot, one computation, one commit.

A short transaction comes before that where it has to: what was sent closes its challenge, and the
attempt is counted as rejected until it turns out otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from cepstra.store import fingerprints, lockouts, outbox, scorings, speakers, takes
from cepstra.store.challenges import Challenge
from cepstra.store.scorings import Scoring
from cepstra.store.speakers import Speaker
from cepstra.store.takes import Take
from cepstra.verification import audit, challenges, events, lockout, ownership
from cepstra.verification.assertions import Claimed
from cepstra.verification.challenges import Collected, SentAttempt
from cepstra.verification.current_model import Snapshot, snapshot
from cepstra.verification.decision import Decision, Quality
from cepstra.verification.errors import (
    FramesNeededError,
    MovedError,
    NotTrainedError,
    SpeakerDeletedError,
    UncalibratedError,
)
from cepstra.verification.frame_scores import FrameScores
from cepstra.verification.message import Message
from cepstra.verification.offered_take import LOG_LENGTH
from cepstra.verification.own_network import OwnNetwork
from cepstra.verification.service import Service
from cepstra.verification.shipped import FRONT_END
from cepstra.verification.verify import REJECTED, Evidence, Reason, Result, verify
from cepstra.verification.verify import fingerprints as fingerprints_of

LOG_IN_REPLY = 10
KEPT_ACCEPTED, KEPT_OTHERS = 100, 20  # answers to be compared with, the newest
# Answers for one speaker are judged one after the other: of several at once each would be judged
# again whenever another was kept. Speakers share a lock now and then, which costs a short wait.
TURNS = tuple(Lock() for _ in range(64))
NO_FRAME_SCORES = dict.fromkeys(("average", "deviation", "min", "max"))


@dataclass(frozen=True)
class ScoreReport:
    """What /score replies; score and result_reference are None without reference speech.

    Where embeddings were compared there are no frame scores: average to max are None.
    Cosine and embedding are None unless they are asked for.
    """

    average: float | None
    deviation: float | None
    min: float | None
    max: float | None
    length: int
    score: int | None
    result_reference: int | None
    scoring_log: Sequence[Scoring]
    llr: float | None
    probability: float | None
    decision: Decision
    quality: Quality
    threshold: float | None
    cosine: float | None = None
    embedding: Sequence[float] | None = None


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


def score(
    service: Service, alias: str, utterances: Sequence[Message], system: str | None = None
) -> ScoreReport:
    """Score an attempt of one or more messages and note it in the log.

    Args:
        service: where.
        alias: whose voice it is claimed to be.
        utterances: the messages.
        system: name of the operator's network that decides; None for the shipped system.

    Raises:
        NotTrainedError: the speaker has no model.
        UnknownSystemError: there is no such network.
        FramesNeededError: it is asked for with an embedding.
        UncalibratedError: it does not know the front end of the speaker's takes.
        FrontEndMismatchError: the speaker's takes come from another front end.
        LockedOutError: auth is on, and too many attempts were rejected lately.
    """
    network = _asked_network(service, system, utterances)
    rule, is_guarded = service.security_policy.lockout, service.security_policy.is_guarded
    counted = lockout.charged(service.store, rule, "voice", alias) if is_guarded else nullcontext(0)
    with counted as tries:
        offset = rule.threshold_offset(tries)
        seen = snapshot(service, alias, threshold_offset=offset)
        enrolled = _enrolled_takes(service, seen.template.speaker) if network else ()
        result = verify(seen.template, utterances)
        if network:  # frame scores stay those of the shipped system
            told = network.assess(enrolled, utterances, result.assessment.quality, offset)
            result = replace(result, assessment=told, system=system)
        log = _commit(service, alias, seen, utterances, result)
    return report(seen.template.model.summary, result, log)


def _asked_network(
    service: Service, name: str | None, attempt: Sequence[Message]
) -> OwnNetwork | None:
    """Return the network that is to decide, if any; an embedding is known to its own alone."""
    if name is None:
        return None
    network = service.verifiers.own_network(name)
    if any(message.embedding for message in attempt):
        text = f"expected frames (mfcc) for the network {name}, got an embedding of another"
        raise FramesNeededError("embedding", text)
    return network


def _enrolled_takes(service: Service, speaker: Speaker) -> Sequence[Take]:
    """Return the takes that an operator's network compares with, of the front end it knows."""
    if speaker.frontend != FRONT_END:
        text = f"expected takes of {FRONT_END}, got {speaker.frontend or 'none'}"
        raise UncalibratedError("system", text)
    with service.store.reading() as connection:
        return takes.load(connection, speaker.id)


def answer(service: Service, alias: str, holder: str, attempt: SentAttempt) -> Answered:
    """Take one digit of a challenge, or all of them, and judge when nothing is missing.

    Whatever speaks against the attempt goes to the audit log. While auth is on it is not in the
    reply: not enrolled, another digit, a repetition and another voice look the same.

    Raises:
        ChallengeClosedError: there is no such open challenge of this speaker and caller.
        TooManyDigitsError: more was said than asked for.
        FrontEndMismatchError: the speaker's takes come from another front end.
        LockedOutError: too many attempts were rejected lately.
    """
    collected = challenges.collect(service, alias, holder, attempt)
    if collected.remaining:
        return Answered(collected.challenge.id, collected.remaining)
    rule = service.security_policy.lockout
    charged = lockout.forgiving_errors(service.store, rule, "voice", alias)
    with charged, TURNS[hash((service.store.tenant, alias)) % len(TURNS)]:
        judged = None
        while judged is None:
            judged = _try(service, alias, collected)
    return _answered(service, alias, collected.challenge, *judged)


def _try(
    service: Service, alias: str, collected: Collected
) -> tuple[Snapshot | None, Result] | None:
    """Judge an answer once; None where a take or another answer came in between."""
    asked, utterances = collected.challenge.digits, collected.messages
    offset = service.security_policy.lockout.threshold_offset(collected.tries)
    try:
        seen = snapshot(service, alias, is_challenged=True, threshold_offset=offset)
    except NotTrainedError:
        seen = None
    evidence = seen.evidence if seen else Evidence(service.security_policy)
    result = verify(seen.template if seen else None, utterances, evidence, asked)
    try:
        _commit(service, alias, seen, utterances, result)
    except MovedError:
        return None
    return seen, result


def _commit(
    service: Service,
    alias: str,
    seen: Snapshot | None,
    utterances: Sequence[Message],
    result: Result,
) -> Sequence[Scoring]:
    """Keep what came of an attempt, all of it or nothing, and return the newest of the log.

    Raises:
        SpeakerDeletedError: the speaker was deleted during the attempt.
        MovedError: what was challenged has to be compared with something more.
    """
    policy, is_challenged = service.security_policy, seen is None or seen.evidence is not None
    speaker = seen.template.speaker if seen else None
    with service.store.writing() as connection:
        if is_challenged or policy.is_guarded:
            locked = _lock(connection, speaker.id) if speaker else None
            decision = result.decision  # a plain attempt could be a replay of an accepted one
            lockout.settle(connection, policy.lockout, ("voice", alias), decision, is_challenged)
            if seen and locked and is_challenged:
                _remember(service, connection, seen, locked, utterances, result)
        log: Sequence[Scoring] = ()
        if speaker:
            newest = 1 if is_challenged else LOG_IN_REPLY  # an answer is not told the log
            digits = [each.digit for each in utterances]
            log = _log(connection, speaker.id, digits, result, newest)
        by = [f"decided by {result.system}"] if result.system else []
        texts = "; ".join([*by, *result.texts])
        speaker_id = speaker.id if speaker else None
        audit.note(connection, service.origin, "score", speaker_id, result.decision, texts)
        if speaker and outbox.is_open(connection):
            _announce(connection, speaker, result.decision, is_challenged)
    return log


def _announce(
    connection: Connection, speaker: Speaker, decision: Decision, is_challenged: bool
) -> None:
    if type := events.OF_DECISIONS.get(decision):
        events.announce(connection, type, speaker, is_challenged=is_challenged)
    until = lockouts.find(connection, "voice", speaker.alias).locked_until
    if decision != "accept" and until and until > datetime.now(UTC):
        events.announce(connection, "locked", speaker, until=until)


def _remember(
    service: Service,
    connection: Connection,
    seen: Snapshot,
    locked: Speaker,
    utterances: Sequence[Message],
    result: Result,
) -> None:
    """Keep the fingerprints of an answer, unless it was compared with too little."""
    speaker, policy = seen.template.speaker, service.security_policy
    if locked.revision != speaker.revision:
        raise MovedError
    is_accepted = result.decision == "accept"
    said = fingerprints_of(policy, utterances, result.prints)
    keep = KEPT_ACCEPTED if is_accepted else KEPT_OTHERS
    since = datetime.now(UTC) - policy.replay.memory
    after = seen.last_answer
    if not fingerprints.append(connection, speaker.id, said, is_accepted, after, keep, since):
        raise MovedError


def _log(
    connection: Connection,
    speaker_id: int,
    digits: Sequence[int | None],
    result: Result,
    newest: int,
) -> Sequence[Scoring]:
    matching = result.percent_matching
    if matching is None:
        _lock(connection, speaker_id)
    elif not scorings.append(connection, speaker_id, digits, matching, result.decision):
        raise _deleted()
    return scorings.trimmed_log(connection, speaker_id, newest, LOG_LENGTH)


def report(summary: Mapping[str, Any], result: Result, log: Sequence[Scoring] = ()) -> ScoreReport:
    """Tell what came of a plain attempt against the model of that summary."""
    scores, assessment = result.frame_scores, result.assessment
    described = NO_FRAME_SCORES if scores is None else vars(FrameScores.of(scores))
    return ScoreReport(
        **described,
        length=0 if scores is None else len(scores),
        score=result.matching_frames,
        result_reference=summary["result_reference"],
        scoring_log=log,
        **vars(assessment),
    )


def _answered(
    service: Service, alias: str, challenge: Challenge, seen: Snapshot | None, result: Result
) -> Answered:
    decision, signer = result.decision, service.security_policy.assertions
    assessment, reason = result.assessment, result.reason
    if service.security_policy.is_guarded and decision != "accept":
        assessment = REJECTED
        reason = None if decision == "reject" else reason
    figures = assessment.llr, assessment.probability, assessment.threshold
    told = Answered(challenge.id, 0, decision, *figures, reason)
    if signer is None:
        return told
    llr = assessment.llr if decision == "accept" and service.origin.sees_scores else None
    known = seen.template.speaker if seen else None
    claimed = Claimed(alias, known.subject, known.tenant) if known else None
    claimed = claimed or ownership.claimed(service.store, alias)
    return replace(told, assertion=signer.sign(claimed, challenge, decision, llr))


def _lock(connection: Connection, speaker_id: int) -> Speaker:
    """Keep others from changing the speaker; raises SpeakerDeletedError where there is none."""
    locked = speakers.lock(connection, speaker_id)
    if locked is None:
        raise _deleted()
    return locked


def _deleted() -> SpeakerDeletedError:
    return SpeakerDeletedError("speaker", "the speaker was deleted during the attempt")
