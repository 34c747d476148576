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
    return (scores - mean) / deviation


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


def normalised_cosines(
    enrolled: NDArray[Any], tested: NDArray[Any], cohort: NDArray[Any], n_nearest: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Cosines in units of either side's cohort, and how near the cohort is to either side.

    Args:
        enrolled: (M, D) embeddings of speakers.
        tested: (D,) embedding of the attempt.
        cohort: (C, D).
        n_nearest: how many of the nearest of the cohort count, at most.

    Returns:
        (M,) cosines normalised by the attempt's cohort, (M,) by the enrolment's, (M,) mean cosine
        of the enrolment to its cohort and, M times the same, of the attempt to its own.
    """
    nearest = min(n_nearest, len(cohort))
    cosines = enrolled @ tested
    own_mean, own_deviation = nearest_cohort(cohort @ enrolled.T, nearest)
    mean, deviation = nearest_cohort((cohort @ tested)[:, None], nearest)
    by_attempt, by_enrolment = (cosines - mean) / deviation, (cosines - own_mean) / own_deviation
    return by_attempt, by_enrolment, own_mean, np.repeat(mean, len(cosines))
