"""Verification attempts: speech against the claimed speaker's model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cepstra.store import scorings
from cepstra.store.scorings import Scoring
from cepstra.verification import audit, lockout
from cepstra.verification.current_model import current_model
from cepstra.verification.enrolment import LOG_LENGTH, check_front_end, score_threshold
from cepstra.verification.errors import NoReferenceError, SpeakerDeletedError
from cepstra.verification.frame_scores import FrameScores, count_above, percent
from cepstra.verification.judgement import Decision, Judgement, Quality
from cepstra.verification.message import Message
from cepstra.verification.service import Service

LOG_IN_REPLY = 10


@dataclass(frozen=True)
class ScoreReport:
    """What /score replies."""

    average: float
    deviation: float
    min: float
    max: float
    length: int
    score: int
    result_reference: int
    scoring_log: Sequence[Scoring]
    llr: float | None
    probability: float | None
    decision: Decision
    quality: Quality
    threshold: float | None


def score(service: Service, alias: str, attempt: Sequence[Message]) -> ScoreReport:
    """Score an attempt of one or more messages and note it in the log.

    Raises:
        NotTrainedError: the speaker has no model.
        NoReferenceError: the speaker has no threshold yet.
        FrontEndMismatchError: the speaker's takes come from another front end.
        LockedOutError: auth is on, and too many attempts were rejected lately.
    """
    if not service.defences.is_guarded:
        return _score(service, alias, attempt)
    with lockout.counting(service.store, service.defences.lockout, "voice", alias) as outcome:
        report = _score(service, alias, attempt)
        outcome.decision = "accept" if report.decision == "accept" else "reject"
    return report


def _score(service: Service, alias: str, attempt: Sequence[Message]) -> ScoreReport:
    speaker, model = current_model(service, alias)
    check_front_end(speaker, attempt[0])
    threshold = score_threshold(model.summary)
    if threshold is None:
        text = f"{alias} has no reference yet: train a digit twice, or send other takes to /test"
        raise NoReferenceError("speaker", text)
    scores, judgement = service.systems.serving(speaker.frontend).score(model.prepared, attempt)
    above = count_above(scores, threshold)
    scoring = attempt[-1].digit, percent(above, len(scores))
    log = _note(service, speaker.id, scoring, judgement)
    return ScoreReport(
        **vars(FrameScores.of(scores)),
        length=len(scores),
        score=above,
        result_reference=model.summary["result_reference"],
        scoring_log=log,
        **vars(judgement),
    )


def _note(
    service: Service, speaker_id: int, scoring: tuple[int | None, int], judgement: Judgement
) -> Sequence[Scoring]:
    with service.store.writing() as connection:
        if not scorings.append(connection, speaker_id, *scoring):
            raise SpeakerDeletedError("speaker", "the speaker was deleted during the attempt")
        outcome = judgement.decision, "; ".join(judgement.quality.warnings)
        audit.note(connection, service.origin, "score", speaker_id, *outcome)
        return scorings.trimmed_log(connection, speaker_id, LOG_IN_REPLY, LOG_LENGTH)
