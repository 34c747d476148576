"""Scores as others may know them: in steps, so that a change that helps cannot be told."""

from __future__ import annotations

import math

from cepstra.gmm.calibration import probability

LLR_STEP = 0.5
FRAME_SCORE_STEP = 0.5
SHARE_STEP_PERCENT = 5
COSINE_DIGITS = 1


def coarse_llr(llr: float) -> float:
    """Return a natural log-likelihood ratio rounded down to a step."""
    return math.floor(llr / LLR_STEP) * LLR_STEP


def coarse_probability(llr: float) -> float:
    """Return the probability of the same speaker that the rounded ratio stands for."""
    return float(probability(coarse_llr(llr)))


def coarse_frame_score(score: float) -> float:
    """Return a mean, deviation or extreme of frame scores rounded to a step."""
    return round(score / FRAME_SCORE_STEP) * FRAME_SCORE_STEP


def coarse_share(part: int, whole: int) -> int:
    """Return a part of a whole as if it were the nearest step of its share in percent."""
    percent = round(100 * part / whole / SHARE_STEP_PERCENT) * SHARE_STEP_PERCENT
    return round(percent * whole / 100)


def coarse_cosine(cosine: float) -> float:
    """Return a cosine rounded to tenths."""
    return round(cosine, COSINE_DIGITS)
