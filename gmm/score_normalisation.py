"""Adaptive test normalisation: a score in units of how other voices score on the same attempt.

Source: Sturim and Reynolds, "Speaker Adaptive Cohort Selection for Tnorm in Text-Independent
Speaker Verification", 2005.
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
    n_cohort = len(cohort_scores)
    if not 1 <= n_nearest <= n_cohort:
        raise ValueError(f"n_nearest: expected 1 to {n_cohort}, got {n_nearest}")
    nearest = np.partition(cohort_scores, n_cohort - n_nearest, axis=0)[n_cohort - n_nearest :]
    deviation = np.maximum(nearest.std(axis=0), SMALLEST_DEVIATION)
    result: NDArray[Any] = (scores - nearest.mean(axis=0)) / deviation
    return result
