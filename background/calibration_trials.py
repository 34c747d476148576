"""Score held-out background speakers against one another and fit the calibration on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from background.augmentation import CLEAN, CONDITIONS
from background.sessions import Session, Utterance, by_speaker, enrolment_and_attempts
from gmm import statistics
from gmm.calibration import Calibration
from gmm.calibration_training import fit_calibration
from gmm.verifier import SpeakerModel, Verifier

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


@dataclass(frozen=True)
class _Enrolled:
    speaker: str
    corpus: str
    model: SpeakerModel


@dataclass
class _Trials:
    inputs: list[list[float]]
    targets: list[bool]
    groups: list[tuple[int, str]]


def calibrate(verifier: Verifier, utterances: Sequence[Utterance], seed: int) -> Calibration:
    """Fit the calibration of a verifier.

    Args:
        verifier: whose own calibration does not matter.
        utterances: of speakers that none of its models has seen.
        seed: of the choice of impostors.

    Raises:
        ValueError: the speakers are too few for target and impostor trials.
    """
    return fit_calibration(*scored_trials(verifier, utterances, seed))


def scored_trials(
    verifier: Verifier, utterances: Sequence[Utterance], seed: int
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
        _score_pair(verifier, speakers, (enrolled, attempted), number, trials, rng)
    if not trials.inputs:
        raise ValueError("utterances: no speaker has both an enrolment and an attempt")
    return (
        np.array(trials.inputs),
        np.array(trials.targets),
        _weights(trials, speakers),
        np.array([corpus for _, corpus in trials.groups]),
    )


def _score_pair(
    verifier: Verifier,
    speakers: dict[str, list[Utterance]],
    conditions: tuple[str, str],
    number: int,
    trials: _Trials,
    rng: np.random.Generator,
) -> None:
    enrolled: list[_Enrolled] = []
    attempts: list[Session] = []
    for group in speakers.values():
        sessions = enrolment_and_attempts(group, conditions[0])[0]
        own = enrolment_and_attempts(group, conditions[1])[1]
        model = _model(verifier, sessions)
        if own and model.speech_frames > 0:
            enrolled.append(_Enrolled(group[0].speaker, group[0].corpus, model))
            attempts += own
    for session in attempts:
        attempt = verifier.attempt(session.messages)
        if not attempt.speech.any():
            continue
        for candidate in _candidates(enrolled, session, rng):
            raw = verifier.score(candidate.model, attempt).raw
            trials.inputs.append([raw[name] for name in verifier.raw_names])
            trials.targets.append(candidate.speaker == session.speaker)
            trials.groups.append((number, session.corpus))


def _candidates(
    enrolled: Sequence[_Enrolled], session: Session, rng: np.random.Generator
) -> list[_Enrolled]:
    """The session's own speaker and some others of its corpus."""
    own = [e for e in enrolled if e.speaker == session.speaker]
    others = [e for e in enrolled if e.corpus == session.corpus and e.speaker != session.speaker]
    chosen = rng.permutation(len(others))[:N_IMPOSTORS]
    return own + [others[i] for i in chosen]


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
