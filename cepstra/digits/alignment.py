"""Dynamic time warping of many words against many, all at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


def distances(first: FloatArray, second: FloatArray) -> FloatArray:
    """Warped distance of every word to every other.

    Args:
        first: (n, gates, points, K) from `trajectories`.
        second: (m, gates, points, K).

    Returns:
        (n, m): the least over the gates of both.
    """
    n, gates, points, _ = first.shape
    m = len(second)
    costs = _local_costs(first.reshape(-1, first.shape[-1]), second.reshape(-1, second.shape[-1]))
    cells = costs.reshape(n * gates, points, m * gates, points).transpose(1, 3, 0, 2)
    warped = _warped(np.ascontiguousarray(cells).reshape(points, points, -1))
    least: FloatArray = warped.reshape(n, gates, m, gates).min(axis=(1, 3))
    return least


def _local_costs(first: FloatArray, second: FloatArray) -> FloatArray:
    squares: FloatArray = first @ (-2 * second).T
    squares += (first**2).sum(axis=1)[:, None]
    squares += (second**2).sum(axis=1)
    np.maximum(squares, 0, out=squares)
    return np.sqrt(squares, out=squares)


def _warped(costs: FloatArray) -> FloatArray:
    """Cost per step of the cheapest path from corner to corner, slope 1/2 to 2.

    A cell is reached from (i-1, j-1), from (i-1, j-2) over (i, j-1) or from (i-2, j-1) over
    (i-1, j), never from its own row, so a row is computed at once, as far as such paths lead.
    Source: Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word
    recognition", 1978, table I, symmetric, P = 1.

    Args:
        costs: (points, points, pairs) local costs, the first words' points first.

    Returns:
        (pairs,).
    """
    points = len(costs)
    before = np.full_like(costs[0], np.inf)
    row, twice = before.copy(), 2 * costs[0]
    row[0] = twice[0]
    for i in range(1, points):
        low, high = _reachable(i, points)
        second = max(low, 2)
        new, here = np.full_like(row, np.inf), 2 * costs[i]
        new[low:high] = row[low - 1 : high - 1] + here[low:high]
        over_left = row[second - 2 : high - 2] + here[second - 1 : high - 1]
        over_left += costs[i, second:high]
        np.minimum(new[second:high], over_left, out=new[second:high])
        over_above = before[low - 1 : high - 1] + twice[low:high]
        over_above += costs[i, low:high]
        np.minimum(new[low:high], over_above, out=new[low:high])
        before, row, twice = row, new, here
    result: FloatArray = row[-1] / (2 * points)
    return result


def _reachable(i: int, points: int) -> tuple[int, int]:
    """Return the first column of row i >= 1 on a path from corner to corner, and one past the last.

    Steps are (1, 1), (1, 2) and (2, 1), and what is left must be within their reach too.
    """
    last = points - 1
    low = max((i + 1) // 2, 2 * i - last)
    high = min(2 * i, last - (last - i + 1) // 2)
    return low, high + 1
