"""Trials among those who are enrolled, from the takes that are kept.

An attempt is as many takes in a row as a challenge has digits. Where a speaker has reference takes,
attempts are made of those. Else they are of training takes, against a model that knows none of
that sitting, or, of a speaker with one sitting only, none of the attempt. Others' attempts meet
the model that serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import get_args

import numpy as np

from cepstra.gmm import statistics
from cepstra.gmm.batch_scoring import score_batch
from cepstra.gmm.fusion_scorer import Attempt, SpokenMessage
from cepstra.store import Store, models, takes
from cepstra.store.takes import Role, Take
from cepstra.verification.fusion_verifier import FusionVerifier

PAUSE = timedelta(minutes=30)  # after it, or with another device, another sitting begins
FEWEST_ENROLLED = 2  # takes, with which a model begins to serve
MOST_ATTEMPTS = 6  # of a speaker
MOST_FRAMES = 4_000  # of each role, of the newest takes; more would hold up a call
MOST_OTHERS = 30  # models of others that an attempt meets
SEED = 0


Row = tuple[float, int, int, int]  # score, numbers of model and voice, number of the attempt


@dataclass(frozen=True)
class VoiceTried:
    """What attempts of one voice came to, one row a trial; no row where nothing could be tried."""

    rows: Sequence[Row]
    is_apart: bool


@dataclass(frozen=True, eq=False)
class _Dated:
    """A take with the time that it came; itself and no other, however alike."""

    take: Take
    came: datetime


def try_voice(
    store: Store, system: FusionVerifier, chosen: Sequence[int], voice: int, n_digits: int
) -> VoiceTried:
    """Score a speaker's attempts against the own model and those of others.

    Args:
        store: the database.
        system: the one in force.
        chosen: the speakers' ids, all of which have a model of that system; rows number them.
        voice: whose attempts.
        n_digits: takes an attempt.
    """
    attempts, own_scores, is_apart = _attempts(store, system, chosen[voice], n_digits)
    rng = np.random.default_rng((SEED, voice))
    others = [number for number in range(len(chosen)) if number != voice]
    drawn = [rng.permutation(others)[:MOST_OTHERS].tolist() for _ in attempts]
    wanted = [chosen[number] for number in set().union(*drawn)]
    with store.reading() as connection:
        kept = models.load_arrays(connection, wanted, system.name) if wanted else {}
    rows: list[Row] = []
    for number, attempt in enumerate(attempts):
        rows.append((own_scores[number], voice, voice, number))
        met = [model for model in drawn[number] if chosen[model] in kept]
        llrs, allowances = system.llrs([kept[chosen[model]] for model in met], attempt)
        scores = (llrs - allowances).tolist()
        rows += [(s, model, voice, number) for s, model in zip(scores, met, strict=True)]
    return VoiceTried(rows, is_apart)


def _attempts(
    store: Store, system: FusionVerifier, speaker_id: int, n_digits: int
) -> tuple[list[Attempt], list[float], bool]:
    """A speaker's attempts, what the own model made of them, and whether of another sitting.

    There are none where the takes are too few for a model and an attempt.
    """
    training, reference = (_dated(store, speaker_id, role) for role in get_args(Role))
    parts = _parts(_sittings(reference), n_digits)
    splits = [] if parts else _left_out(training, n_digits)
    if len(training) < FEWEST_ENROLLED or not parts and not splits:
        return [], [], False  # before anything is summed
    scorer, least_s = system.scorer, system.policy.min_speech_s
    summed = [system.accumulate(each.take).statistics or {} for each in training]
    total = reduce(statistics.add, summed)
    own = [(part, total) for part in parts]
    is_apart = bool(own) or len(_sittings(training)) > 1
    for part, left_out in splits:
        without = [one for each, one in zip(training, summed, strict=True) if each in left_out]
        own.append((part, statistics.subtract(total, reduce(statistics.add, without))))
    attempts, own_scores = [], []
    for part, enrolled in own:
        attempt = scorer.attempt([SpokenMessage(d.take.frames, d.take.digit) for d in part])
        if enrolled["speech_frames"].sum() > 0 and system.speech_s(attempt) >= least_s:
            attempts.append(attempt)
            llrs, allowances = score_batch(scorer, [enrolled], attempt)
            own_scores.append(float(llrs[0] - allowances[0]))
    return attempts, own_scores, is_apart


def _dated(store: Store, speaker_id: int, role: Role) -> list[_Dated]:
    """The takes of that role, oldest first."""
    with store.reading() as connection:
        came = {entry.take: entry.datetime for entry in takes.log(connection, speaker_id, role)}
        found = takes.newest(connection, speaker_id, role, takes.NO_LIMIT, MOST_FRAMES)
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
) -> list[tuple[Sequence[_Dated], Sequence[_Dated]]]:
    """Takes of each attempt, and those that its model must not know: that sitting, or itself.

    Those that leave too few for a model are passed over.
    """
    sittings = _sittings(training)
    found = []
    for part in _parts(sittings, n_digits):
        sitting = next(each for each in sittings if part[0] in each)
        left_out = sitting if len(sittings) > 1 else part
        if len(left_out) + FEWEST_ENROLLED <= len(training):
            found.append((part, left_out))
    return found
