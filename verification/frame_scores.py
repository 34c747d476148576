"""The classic reply fields: statistics of per-frame scores and the threshold rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class FrameScores:
    """Average, deviation, least and greatest of the scores of a stretch of frames."""

    average: float
    deviation: float
    min: float
    max: float

    @classmethod
    def of(cls, scores: NDArray[np.float64]) -> FrameScores:
        """Summarise scores (T,), T >= 1."""
        extremes = float(scores.min()), float(scores.max())
        return cls(float(scores.mean()), float(scores.std()), *extremes)

    @property
    def threshold(self) -> float:
        """The classic rule: a frame matches when it scores above mean minus deviation."""
        return self.average - self.deviation


def count_above(scores: NDArray[np.float64], threshold: float) -> int:
    """Return how many of the scores (T,) lie above the threshold."""
    return int(np.count_nonzero(scores > threshold))


def percent(part: int, whole: int) -> int:
    """Return part of whole in whole percent."""
    return round(100 * part / whole)
