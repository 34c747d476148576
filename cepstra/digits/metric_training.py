"""Learn in which directions takes of the same word differ least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from cepstra.digits.trajectories import stacked_paths

TRAINING_GATE = 0.5
N_DIMENSIONS = 20
RIDGE = 0.01

FloatArray = NDArray[np.float32]
Words = dict[int, list[NDArray[np.floating]]]


def train_metric(speakers: Sequence[Words]) -> FloatArray:
    """Find the projection that spreads a speaker's words and holds takes of one word together.

    The within-word scatter is that of the differences between two takes of the same word by the
    same speaker, point by point; the total scatter is that of all the speaker's points. Source:
    Bar-Hillel and others, "Learning a Mahalanobis metric from equivalence constraints", 2005.
    What is learnt is how one person's takes of a word vary, not any word.

    Args:
        speakers: takes (T_i, 20) by word, of every speaker; only those with two takes of a
            word are used.

    Returns:
        (95, 20); each direction's within-word variance is one.

    Raises:
        ValueError: no speaker said a word twice.
    """
    differences, points = [], []
    for words in speakers:
        repeated = [takes for takes in words.values() if len(takes) > 1]
        if repeated:
            own = np.concatenate([_path(take) for takes in words.values() for take in takes])
            points.append(own - own.mean(axis=0))
            differences += [_path(takes[0]) - _path(takes[1]) for takes in repeated]
    if not differences:
        raise ValueError("speakers: expected one that said a word twice")
    within, total = (_scatter(np.concatenate(parts)) for parts in (differences, points))
    within += RIDGE * np.trace(within) / len(within) * np.eye(len(within))
    _, directions = eigh(total, within)
    return np.ascontiguousarray(directions[:, ::-1][:, :N_DIMENSIONS], dtype=np.float32)


def _path(take: NDArray[np.floating]) -> NDArray[np.float64]:
    return stacked_paths(take, (TRAINING_GATE,))[0].astype(np.float64)


def _scatter(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = rows.T @ rows / len(rows)
    return result
