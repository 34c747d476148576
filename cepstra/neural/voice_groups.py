"""Do takes hold one voice or two? They are parted where their embeddings differ most."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST_TAKES = 6
ROUNDS = 10
# On 304 background speakers, 1% of those with 6 words of one voice are below the first number, and
# the limit grows by the second for each doubling of their number, measured up to 20.
LEAST_LIKENESS, PER_DOUBLING, MOST_TAKES = 0.15, 0.16, 24

FloatArray = NDArray[Any]


def two_groups(voices: FloatArray) -> tuple[float, NDArray[np.bool_]]:
    """Part takes into the two groups that differ most.

    Source: Dhillon and Modha, "Concept Decompositions for Large Sparse Text Data Using Clustering",
    2001 (spherical k-means), beginning at the sign of the first principal component.

    Args:
        voices: (n, D) unit vectors of takes, n >= 1.

    Returns:
        The cosine of the groups' means, 1 where a group would have but one take, and which takes
        (n,) are in the smaller group.
    """
    centred = voices - voices.mean(axis=0)
    is_second = np.linalg.svd(centred, full_matrices=False)[0][:, 0] > 0
    for _ in range(ROUNDS):
        if _is_single(is_second):
            break
        first, second = _mean(voices[~is_second]), _mean(voices[is_second])
        now = voices @ second > voices @ first
        if np.array_equal(now, is_second):
            break
        is_second = now
    if _is_single(is_second):
        return 1.0, np.zeros(len(voices), dtype=bool)
    likeness = float(_mean(voices[~is_second]) @ _mean(voices[is_second]))
    return likeness, is_second if 2 * is_second.sum() <= len(voices) else ~is_second


def least_likeness(n_takes: int) -> float:
    """Return the cosine that 1% of enrolments of one voice with so many takes are below."""
    return LEAST_LIKENESS + PER_DOUBLING * float(np.log2(min(n_takes, MOST_TAKES) / FEWEST_TAKES))


def _is_single(is_second: NDArray[np.bool_]) -> bool:
    return bool(min(is_second.sum(), (~is_second).sum()) < 2)


def _mean(voices: FloatArray) -> FloatArray:
    total = voices.sum(axis=0)
    return total / max(float(np.linalg.norm(total)), 1e-9)
