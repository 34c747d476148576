"""The classic reply fields: statistics of per-frame scores and the threshold rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMOOTHING_FRAMES = 31

Scores = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class FrameScores:
    """Average, deviation, least and greatest of the scores of a stretch of frames."""

    average: float
    deviation: float
    min: float
    max: float

    @classmethod
    def of(cls, scores: Scores) -> FrameScores:
        """Summarise scores (T,), T >= 1."""
        extremes = float(scores.min()), float(scores.max())
        return cls(float(scores.mean()), float(scores.std()), *extremes)

    @property
    def threshold(self) -> float:
        """The classic rule: a frame matches when it scores above mean minus deviation."""
        return self.average - self.deviation


def count_above(scores: Scores, threshold: float) -> int:
    """Return how many of the scores (T,) lie above the threshold."""
    return int(np.count_nonzero(scores > threshold))


def percent(part: int, whole: int) -> int:
    """Return part of whole in whole percent."""
    return round(100 * part / whole)


def smoothed(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Moving average (T,) of frame scores (T,): single frames say little about a voice."""
    reach = min(SMOOTHING_FRAMES, len(scores)) // 2
    padded = np.pad(scores, reach, mode="edge")
    width = 2 * reach + 1
    return np.convolve(padded, np.full(width, 1 / width), mode="valid")


def score_threshold(summary: Mapping[str, Any]) -> float | None:
    """Return the frame score that a matching frame exceeds; None without reference speech."""
    reference = summary["reference"]
    return FrameScores(**reference).threshold if reference else None


def describe_reference(takes: Sequence[Scores]) -> dict[str, Any]:
    """Return a summary's fields on reference speech from the frame scores of each take."""
    if not takes:
        return {"test_data_length": 0, "reference": None, "result_reference": None}
    scores = np.concatenate(takes)
    statistics = FrameScores.of(scores)
    above = count_above(scores, statistics.threshold)
    return {
        "test_data_length": len(scores),
        "reference": asdict(statistics),
        "result_reference": percent(above, len(scores)),
    }
