"""Adaptive normalisation: a score in units of how other voices score on the same speech.

Sources: Sturim and Reynolds, "Speaker Adaptive Cohort Selection for Tnorm in Text-Independent
Speaker Verification", 2005; Matejka et al., "Analysis of Score Normalization in Multilingual
Speaker Recognition", 2017.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALLEST_DEVIATION = 1e-6


def adaptive_t_norm(
    scores: NDArray[Any], cohort_scores: NDArray[Any], n_nearest: int
) -> NDArray[Any]:
    """Subtract the nearest cohort scores' mean and divide by their deviation.

    Args:
        scores: (M, N) scores of M models on N attempts.
        cohort_scores: (C, N) scores of C cohort models on the same attempts.
        n_nearest: how many of the highest cohort scores of an attempt count.

    Returns:
        (M, N) normalised scores.

    Raises:
        ValueError: n_nearest is not between 1 and C.
    """
    mean, deviation = nearest_cohort(cohort_scores, n_nearest)
    result: NDArray[Any] = (scores - mean) / deviation
    return result


def nearest_cohort(
    cohort_scores: NDArray[Any], n_nearest: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean and deviation (N,) of the highest scores of a cohort.

    Args:
        cohort_scores: (C, N) scores of C cohort voices on N attempts or models.
        n_nearest: how many of the highest of each count.

    Raises:
        ValueError: n_nearest is not between 1 and C.
    """
    n_cohort = len(cohort_scores)
    if not 1 <= n_nearest <= n_cohort:
        raise ValueError(f"n_nearest: expected 1 to {n_cohort}, got {n_nearest}")
    nearest = np.partition(cohort_scores, n_cohort - n_nearest, axis=0)[n_cohort - n_nearest :]
    return nearest.mean(axis=0), np.maximum(nearest.std(axis=0), SMALLEST_DEVIATION)
