"""Verification attempts: speech against the claimed speaker's model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from store import Store, scorings
from store.scorings import Scoring
from verification.current_model import current_model
from verification.enrolment import LOG_LENGTH, check_front_end, score_threshold
from verification.errors import NoReferenceError, SpeakerDeletedError
from verification.frame_scores import FrameScores, count_above, percent
from verification.judgement import Decision, Quality
from verification.message import Message
from verification.systems import system_for


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


def score(store: Store, alias: str, message: Message) -> ScoreReport:
    """Score an attempt and note it in the log.

    Raises:
        NotTrainedError: the speaker has no model.
        NoReferenceError: the speaker has no threshold yet.
        FrontEndMismatchError: the speaker's takes come from another front end.
    """
    speaker, model = current_model(store, alias)
    check_front_end(speaker, message)
    threshold = score_threshold(model)
    if threshold is None:
        text = f"{alias} has no reference yet: train a digit twice, or send other takes to /test"
        raise NoReferenceError("speaker", text)
    system = system_for(speaker.frontend)
    scores = system.frame_scores(model.arrays, message)
    above = count_above(scores, threshold)
    log = _note(store, speaker.id, message.digit, percent(above, len(scores)))
    return ScoreReport(
        **vars(FrameScores.of(scores)),
        length=len(scores),
        score=above,
        result_reference=model.summary["result_reference"],
        scoring_log=log,
        **vars(system.judge(model.arrays, message)),
    )


def _note(store: Store, speaker_id: int, digit: int | None, result: int) -> Sequence[Scoring]:
    with store.writing() as connection:
        if not scorings.append(connection, speaker_id, digit, result):
            raise SpeakerDeletedError("speaker", "the speaker was deleted during the attempt")
        scorings.trim(connection, speaker_id, LOG_LENGTH)
        return scorings.log(connection, speaker_id)
