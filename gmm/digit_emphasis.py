"""Enrolment statistics in which the digits that an attempt holds count more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

FloatArray = NDArray[Any]

DIGIT_EMPHASIS = 4.0  # extra weight of enrolment takes of a digit that the attempt holds
LARGEST_EMPHASIS = 2.0  # of the enrolment's frame count; more would feign more evidence


def emphasised(rows: FloatArray, digits: Sequence[int]) -> FloatArray:
    """Sum statistics (11, ...) over digits, those that the attempt holds counting more.

    A digit says little about how its speaker says another; without digits all count alike.
    """
    total: FloatArray = rows.sum(axis=0)
    if digits:
        total = total + DIGIT_EMPHASIS * rows[list(digits)].sum(axis=0)
    return total


def emphasis_scale(n_frames: float, n_emphasised: float) -> float:
    """The factor that keeps emphasised statistics from feigning more evidence."""
    return min(1.0, LARGEST_EMPHASIS * n_frames / max(n_emphasised, 1e-9))


def emphasised_sums(
    statistics: Mapping[str, FloatArray], name: str, digits: Sequence[int]
) -> tuple[FloatArray, FloatArray]:
    """Zeroth (K,) and linear (R,) statistics of a stream, the attempt's digits counting more."""
    rows = statistics[f"{name}.zeroth"]
    zeroth = emphasised(rows, digits)
    scale = emphasis_scale(rows.sum(), zeroth.sum())
    return zeroth * scale, emphasised(statistics[f"{name}.linear"], digits) * scale
