"""Dynamic time warping of many words against many, all at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.squared_distance import with_squares

FloatArray = NDArray[np.float32]


def distances(first: FloatArray, second: FloatArray) -> FloatArray:
    """Warped distance of every word to every other.

    Args:
        first: (n, gates, points, K) from `trajectories`.
        second: (m, gates, points, K).

    Returns:
        (n, m): the least over the gates of both.
    """
    warped = _warped(_local_costs(_by_point(first), _by_point(second)))
    of_gates = warped.reshape(len(second), second.shape[1], len(first), first.shape[1])
    least: FloatArray = of_gates.min(axis=(1, 3)).T
    return least


def _by_point(words: FloatArray) -> FloatArray:
    """(points, n * gates, K) of words (n, gates, points, K)."""
    return words.transpose(2, 0, 1, 3).reshape(words.shape[2], -1, words.shape[3])


def _local_costs(first: FloatArray, second: FloatArray) -> FloatArray:
    """Euclidean distances of all words where a path may lead, a third of all cells.

    Args:
        first: (points, n, K).
        second: (points, m, K).

    Returns:
        (points, points, m * n), the first words' points first; other cells hold anything.
    """
    points, n, _ = first.shape
    left, right = with_squares(first, is_left=True), with_squares(second, is_left=False)
    costs = np.empty((points, points, second.shape[1] * n), dtype=np.float32)
    for i in range(points):
        low, high = _reachable(i, points)
        _, beyond = _reachable(min(i + 1, points - 1), points)
        band = slice(max(0, low - 1), max(high, beyond))  # the next row looks back at this one
        squares = right[band].reshape(-1, right.shape[2]) @ left[i].T
        np.maximum(squares, 0, out=squares)
        costs[i, band] = np.sqrt(squares, out=squares).reshape(-1, costs.shape[2])
    return costs


def _warped(costs: FloatArray) -> FloatArray:
    """Cost per step of the cheapest path from corner to corner, slope 1/2 to 2.

    A cell is reached from (i-1, j-1), from (i-1, j-2) over (i, j-1) or from (i-2, j-1) over
    (i-1, j), never from its own row, so a row is computed at once, as far as such paths lead.
    Source: Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word
    recognition", 1978, table I, symmetric, P = 1.

    Args:
        costs: (points, points, pairs) from `_local_costs`.

    Returns:
        (pairs,).
    """
    points = len(costs)
    before = np.full_like(costs[0], np.inf)
    row = before.copy()
    row[0] = 2 * costs[0, 0]
    for i in range(1, points):
        low, high = _reachable(i, points)
        second = max(low, 2)
        new = np.full_like(row, np.inf)
        new[low:high] = row[low - 1 : high - 1] + 2 * costs[i, low:high]
        over_left = row[second - 2 : high - 2] + 2 * costs[i, second - 1 : high - 1]
        over_left += costs[i, second:high]
        np.minimum(new[second:high], over_left, out=new[second:high])
        over_above = before[low - 1 : high - 1] + 2 * costs[i - 1, low:high]
        over_above += costs[i, low:high]
        np.minimum(new[low:high], over_above, out=new[low:high])
        before, row = row, new
    result: FloatArray = row[-1] / (2 * points)
    return result


def _reachable(i: int, points: int) -> tuple[int, int]:
    """Return the first column of row i on a path from corner to corner, and one past the last.

    Steps are (1, 1), (1, 2) and (2, 1), and what is left must be within their reach too.
    """
    last = points - 1
    low = max((i + 1) // 2, 2 * i - last)
    high = min(2 * i, last - (last - i + 1) // 2)
    return low, high + 1
