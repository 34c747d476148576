"""Score held-out background speakers against one another and fit the calibration on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import statistics
from cepstra.gmm.calibration import Calibration
from cepstra.gmm.calibration_training import fit_calibration
from cepstra.gmm.speech import speech_mask
from cepstra.gmm.verifier import SpeakerModel, Verifier
from cepstra.jobs.engine import Engine, batches
from cepstra.training.augmentation import CLEAN, CONDITIONS
from cepstra.training.sessions import Session, Utterance, by_speaker, enrolment_and_attempts

FloatArray = NDArray[Any]

# Enrolled condition, attempted condition, share of the calibration. Most people enrol with a
# good recording; some have one poor device only and use it for both.
PAIRS = (
    (CLEAN, CLEAN, 1.0),
    *((CLEAN, condition, 0.4) for condition in CONDITIONS),
    ("narrowband", "narrowband", 0.4),
    ("telephone", "telephone", 0.3),
    ("microphone", "microphone", 0.3),
)
SHORT_ENROLMENT_SHARE = 0.5  # digit corpora hold few takes of a speaker
N_IMPOSTORS = 8
BATCH_SPEAKERS, BATCH_ATTEMPTS = 16, 8


@dataclass(frozen=True)
class _Enrolled:
    speaker: str
    corpus: str
    model: SpeakerModel


@dataclass(frozen=True)
class _Planned:
    session: Session
    candidates: list[int]


@dataclass
class _Trials:
    inputs: list[list[float]]
    targets: list[bool]
    groups: list[tuple[int, str]]


def calibrate(
    verifier: Verifier, utterances: Sequence[Utterance], seed: int, engine: Engine
) -> Calibration:
    """Fit the calibration of a verifier.

    Args:
        verifier: whose own calibration does not matter.
        utterances: of speakers that none of its models has seen.
        seed: of the choice of impostors.
        engine: what the scoring runs on.

    Raises:
        ValueError: the speakers are too few for target and impostor trials.
    """
    return fit_calibration(*scored_trials(verifier, utterances, seed, engine))


def scored_trials(
    verifier: Verifier, utterances: Sequence[Utterance], seed: int, engine: Engine
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Score speakers against one another in all pairs of conditions.

    Returns:
        Raw scores (N, Q) in the order of the verifier's `raw_names`; whether each trial is a
        target; its weight; its corpus.

    Raises:
        ValueError: no speaker has both an enrolment and an attempt.
    """
    rng = np.random.default_rng(seed)
    trials = _Trials([], [], [])
    speakers = by_speaker(utterances)
    for number, (enrolled, attempted, _) in enumerate(PAIRS):
        known, attempts = _enrol(verifier, speakers, (enrolled, attempted), engine)
        planned = [_Planned(session, _candidates(known, session, rng)) for session in attempts]
        models = [enrolled.model for enrolled in known]
        scored = engine.map(_scores, batches(planned, BATCH_ATTEMPTS), verifier, models)
        for attempt, rows in zip(planned, (row for part in scored for row in part), strict=True):
            own = attempt.session.speaker
            trials.inputs += rows
            trials.targets += [known[i].speaker == own for i in attempt.candidates]
            trials.groups += [(number, attempt.session.corpus)] * len(rows)
    if not trials.inputs:
        raise ValueError("utterances: no speaker has both an enrolment and an attempt")
    return (
        np.array(trials.inputs),
        np.array(trials.targets),
        _weights(trials, speakers),
        np.array([corpus for _, corpus in trials.groups]),
    )


def _enrol(
    verifier: Verifier,
    speakers: dict[str, list[Utterance]],
    conditions: tuple[str, str],
    engine: Engine,
) -> tuple[list[_Enrolled], list[Session]]:
    """Everybody enrolled in one condition, and the attempts with speech in the other."""
    groups = list(speakers.values())
    sessions = [enrolment_and_attempts(group, conditions[0])[0] for group in groups]
    models = engine.map(_models, batches(sessions, BATCH_SPEAKERS), verifier)
    enrolled: list[_Enrolled] = []
    attempts: list[Session] = []
    for group, model in zip(groups, (model for part in models for model in part), strict=True):
        own = enrolment_and_attempts(group, conditions[1])[1]
        if own and model.speech_frames > 0:
            enrolled.append(_Enrolled(group[0].speaker, group[0].corpus, model))
            attempts += own
    return enrolled, [a for a in attempts if any(speech_mask(m.mfcc).any() for m in a.messages)]


def _candidates(
    enrolled: Sequence[_Enrolled], session: Session, rng: np.random.Generator
) -> list[int]:
    """Indices of the session's own speaker and of some others of its corpus."""
    of_corpus = [i for i, e in enumerate(enrolled) if e.corpus == session.corpus]
    own = [i for i in of_corpus if enrolled[i].speaker == session.speaker]
    others = [i for i in of_corpus if enrolled[i].speaker != session.speaker]
    chosen = rng.permutation(len(others))[:N_IMPOSTORS]
    return own + [others[i] for i in chosen]


def _models(parts: Sequence[Sequence[Session]], verifier: Verifier) -> list[SpeakerModel]:
    return [_model(verifier, sessions) for sessions in parts]


def _scores(
    part: Sequence[_Planned], verifier: Verifier, models: Sequence[SpeakerModel]
) -> list[list[list[float]]]:
    """For each attempt, for each candidate, the raw scores in the order of `raw_names`."""
    result = []
    for planned in part:
        attempt = verifier.attempt(planned.session.messages)
        raws = [verifier.score(models[i], attempt).raw for i in planned.candidates]
        result.append([[raw[name] for name in verifier.raw_names] for raw in raws])
    return result


def _model(verifier: Verifier, sessions: Sequence[Session]) -> SpeakerModel:
    takes = [verifier.statistics(m.mfcc, m.digit) for s in sessions for m in s.messages]
    return verifier.model(reduce(statistics.add, takes))


def _weights(trials: _Trials, speakers: dict[str, list[Utterance]]) -> FloatArray:
    """Each pair of conditions, corpus and kind of trial has its share however many there are."""
    digits = {group[0].corpus for group in speakers.values() if group[0].digit is not None}
    keys = [(*group, t) for group, t in zip(trials.groups, trials.targets, strict=True)]
    counts: dict[tuple[int, str, bool], int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return np.array(
        [
            PAIRS[number][2] * (SHORT_ENROLMENT_SHARE if corpus in digits else 1.0) / counts[key]
            for key in keys
            for number, corpus, _ in [key]
        ]
    )
