"""Trials among those who are enrolled, from the takes that are kept.

An attempt is as many takes in a row as a challenge has digits. Where a speaker has reference takes,
attempts are made of those. Else they are of training takes, against a model that knows none of
that sitting, or, of a speaker with one sitting only, none of the attempt. Others' attempts meet
the model that serves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import get_args

import numpy as np

from cepstra.gmm import statistics
from cepstra.gmm.batch_scoring import score_batch
from cepstra.gmm.operating_point import Trials
from cepstra.gmm.statistics import Statistics
from cepstra.gmm.verifier import Attempt, SpokenMessage, Verifier
from cepstra.store import Store, speakers, takes
from cepstra.store.takes import Role, Take
from cepstra.verification.enrolment import LOG_LENGTH
from cepstra.verification.fusion_verifier import FusionVerifier

PAUSE = timedelta(minutes=30)  # after it, or with another device, another sitting begins
FEWEST_ENROLLED = 2  # takes, with which a model begins to serve
MOST_ATTEMPTS = 6  # of a speaker
MOST_OTHERS = 30  # models of others that an attempt meets
SEED = 0


@dataclass(frozen=True)
class OwnTrials:
    """What was tried.

    Attributes:
        trials: their scores; numbers stand for speakers.
        n_speakers: how many took part.
        n_left_out: how many are enrolled but have too few takes, or were too many.
        n_apart: how many of them attempted in another sitting than they were enrolled in.
    """

    trials: Trials
    n_speakers: int
    n_left_out: int
    n_apart: int


@dataclass(frozen=True, eq=False)
class _Dated:
    """A take with the time that it came; itself and no other, however alike."""

    take: Take
    came: datetime


@dataclass(frozen=True)
class _Tried:
    """A speaker's statistics as they serve, and attempts with what the own model made of them."""

    enrolled: Statistics
    attempts: Sequence[Attempt]
    own_scores: Sequence[float]
    is_apart: bool


def own_trials(
    store: Store, system: FusionVerifier, frontend: str, n_digits: int, most_speakers: int
) -> OwnTrials:
    """Score attempts of those enrolled last against their own models and those of others.

    Args:
        store: the database; each speaker's takes are read in a transaction of their own.
        system: the one in force.
        frontend: that it serves.
        n_digits: takes an attempt.
        most_speakers: how many of those enrolled last take part.
    """
    with store.reading() as connection:
        n_enrolled = speakers.count_enrolled(connection, frontend)
        chosen = speakers.newest_enrolled(connection, frontend, most_speakers)
    found = (_tried(store, system, speaker_id, n_digits) for speaker_id in chosen)
    tried = [each for each in found if each is not None]
    rows = list(_scored(system.verifier, tried))
    scores, models, voices, attempts = zip(*rows, strict=True) if rows else ((), (), (), ())
    numbers = (np.array(each, dtype=np.int64) for each in (models, voices, attempts))
    return OwnTrials(
        Trials(np.array(scores, dtype=np.float64), *numbers),
        len(tried),
        n_enrolled - len(tried),
        sum(each.is_apart for each in tried),
    )


def _scored(verifier: Verifier, tried: Sequence[_Tried]) -> Iterator[tuple[float, int, int, int]]:
    """Score, model, voice and attempt of each trial; of others as many as are allowed, drawn."""
    rng = np.random.default_rng(SEED)
    for voice, speaker in enumerate(tried):
        others = [number for number in range(len(tried)) if number != voice]
        for number, attempt in enumerate(speaker.attempts):
            yield speaker.own_scores[number], voice, voice, number
            models = rng.permutation(others)[:MOST_OTHERS].tolist()
            scores = _scores(verifier, [tried[model].enrolled for model in models], attempt)
            for model, score in zip(models, scores, strict=True):
                yield score, model, voice, number


def _tried(store: Store, system: FusionVerifier, speaker_id: int, n_digits: int) -> _Tried | None:
    """A speaker's attempts; None where there are too few takes for a model and an attempt."""
    training, reference = (_dated(store, speaker_id, role) for role in get_args(Role))
    if len(training) < FEWEST_ENROLLED:
        return None
    verifier, least_s = system.verifier, system.policy.min_speech_s
    summed = [verifier.statistics(each.take.frames, each.take.digit) for each in training]
    total = reduce(statistics.add, summed)
    own = [(part, total) for part in _parts(_sittings(reference), n_digits)]
    is_apart = bool(own) or len(_sittings(training)) > 1
    for part, left_out in [] if own else _left_out(training, n_digits):
        if len(left_out) + FEWEST_ENROLLED <= len(training):
            without = [one for each, one in zip(training, summed, strict=True) if each in left_out]
            own.append((part, statistics.subtract(total, reduce(statistics.add, without))))
    attempts, own_scores = [], []
    for part, enrolled in own:
        attempt = verifier.attempt([SpokenMessage(d.take.frames, d.take.digit) for d in part])
        if enrolled["speech_frames"].sum() > 0 and system.speech_s(attempt) >= least_s:
            attempts.append(attempt)
            own_scores.append(_scores(verifier, [enrolled], attempt)[0])
    return _Tried(total, attempts, own_scores, is_apart) if attempts else None


def _scores(
    verifier: Verifier, enrolled: Sequence[Statistics], attempt: Attempt
) -> Sequence[float]:
    """Ratios less allowances of an attempt, against each of the speakers."""
    llrs, allowances = score_batch(verifier, enrolled, attempt)
    return [float(score) for score in llrs - allowances]


def _dated(store: Store, speaker_id: int, role: Role) -> list[_Dated]:
    """The takes of that role, oldest first."""
    with store.reading() as connection:
        came = {entry.take: entry.datetime for entry in takes.log(connection, speaker_id, role)}
        found = takes.newest(connection, speaker_id, role, LOG_LENGTH)
    return [_Dated(take, came[take.name]) for take in found if take.embedding is None]


def _sittings(dated: Sequence[_Dated]) -> list[list[_Dated]]:
    """Takes in a row of one device with no long pause between them."""
    result: list[list[_Dated]] = []
    for each in dated:
        last = result[-1][-1] if result else None
        if last and last.take.device == each.take.device and each.came - last.came <= PAUSE:
            result[-1].append(each)
        else:
            result.append([each])
    return result


def _parts(sittings: Sequence[Sequence[_Dated]], n_digits: int) -> list[Sequence[_Dated]]:
    """Takes of each attempt, spread evenly where there are more than are allowed."""
    parts = [
        sitting[first : first + n_digits]
        for sitting in sittings
        for first in range(0, len(sitting) - n_digits + 1, n_digits)
    ]
    if len(parts) <= MOST_ATTEMPTS:
        return parts
    return [parts[i] for i in np.linspace(0, len(parts) - 1, MOST_ATTEMPTS).astype(int).tolist()]


def _left_out(
    training: Sequence[_Dated], n_digits: int
) -> Iterator[tuple[Sequence[_Dated], Sequence[_Dated]]]:
    """Takes of each attempt, and those that its model must not know: that sitting, or itself."""
    sittings = _sittings(training)
    for part in _parts(sittings, n_digits):
        sitting = next(each for each in sittings if part[0] in each)
        yield part, sitting if len(sittings) > 1 else part
