"""How much nearer an utterance is to the claimed digit than to the speaker's other digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Weights of an attempt's digits, the worst first: a replayed attempt has at least two wrong ones,
# an honest one rarely more than one that is misheard.
HALVING = 0.5
LARGEST_LIFT = 0.4  # by which good digits may raise an attempt above its worst one
# The nearest take tells most; the mean forgives a take that was enrolled as the wrong digit.
NEAREST_SHARE = 0.6
# Accepts 1 in 1,000 fsdd attempts with exactly two digits of five wrong (docs/security.md).
THRESHOLD = -0.09
SMALLEST_DISTANCE = 1e-6
# Mean distances to the one, two, three or more nearest other digits: lower, they are one word. Of
# first takes by background speakers 0.2% are nearer (docs/security.md).
LEAST_APART = (3.0, 3.8, 4.2)

FloatArray = NDArray[np.float32]


def digit_scores(
    distances: FloatArray, digits: NDArray[np.int_]
) -> tuple[FloatArray, NDArray[np.int_]]:
    """Score each utterance as each enrolled digit.

    The distance to a digit is mostly that to its nearest take, and the score is log(least
    distance to any other digit / distance to this one): what a microphone or a cold does to all
    digits cancels.

    Args:
        distances: (n, m) from n utterances to m takes.
        digits: (m,) of the takes, at least two different ones.

    Returns:
        scores (n, D), positive for at most one digit of an utterance, and the digits (D,).
    """
    of_digit, known = _of_digits(distances, digits)
    of_digit = np.maximum(of_digit, np.float32(SMALLEST_DISTANCE))
    least_two = np.sort(of_digit, axis=1)[:, :2]
    others = np.where(of_digit == least_two[:, :1], least_two[:, 1:], least_two[:, :1])
    scores: FloatArray = np.log(others / of_digit)
    return scores, known


def repeated_digit(distances: FloatArray, digits: NDArray[np.int_]) -> int | None:
    """Tell of which enrolled digit a first take of another one is plainly the word again.

    There is no take of the declared digit to be nearer to, so distances are held against what a
    speaker's digits are apart at least; the more of them are near, the farther they may be.

    Args:
        distances: (m,) from the word to m takes of other digits, m >= 1.
        digits: (m,) of the takes.
    """
    of_digit, known = _of_digits(distances[None], digits)
    nearest = np.sort(of_digit[0])
    means = np.cumsum(nearest) / np.arange(1, len(nearest) + 1)
    limits = np.resize(LEAST_APART[-1:], len(means))
    limits[: len(LEAST_APART)] = LEAST_APART[: len(means)]
    return int(known[of_digit[0].argmin()]) if (means < limits).any() else None


def _of_digits(
    distances: FloatArray, digits: NDArray[np.int_]
) -> tuple[FloatArray, NDArray[np.int_]]:
    """(n, D) distances to each digit of (n, m) ones to takes, and the digits (D,)."""
    order = np.argsort(digits, kind="stable")
    known, firsts, counts = np.unique(digits[order], return_index=True, return_counts=True)
    by_digit = distances[:, order]
    nearest = np.minimum.reduceat(by_digit, firsts, axis=1)
    means = np.add.reduceat(by_digit, firsts, axis=1) / counts.astype(np.float32)
    blends: FloatArray = np.asarray(NEAREST_SHARE * nearest + (1 - NEAREST_SHARE) * means)
    return blends, known


def attempt_score(scores: FloatArray) -> float:
    """Combine the scores (n,) of an attempt's digits, the worst weighing most.

    A mean with weights 1, 1/2, 1/4, ..., but at most 0.4 above the worst digit.
    """
    weights = HALVING ** np.arange(len(scores))
    return min(
        float(np.average(np.sort(scores), weights=weights)), float(scores.min()) + LARGEST_LIFT
    )
