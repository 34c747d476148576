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
    rows = costs.reshape(n * gates, points, m * gates, points).transpose(1, 0, 2, 3)
    warped = _warped(np.ascontiguousarray(rows))
    least: FloatArray = warped.reshape(n, gates, m, gates).min(axis=(1, 3))
    return least


def _local_costs(first: FloatArray, second: FloatArray) -> FloatArray:
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    result: FloatArray = np.sqrt(np.maximum(squares - 2 * first @ second.T, 0))
    return result


def _warped(costs: FloatArray) -> FloatArray:
    """Cost per step of the cheapest path from corner to corner, slope 1/2 to 2.

    A cell is reached from (i-1, j-1), from (i-1, j-2) over (i, j-1) or from (i-2, j-1) over
    (i-1, j), never from its own row, so a row is computed at once. Source: Sakoe and Chiba,
    "Dynamic programming algorithm optimization for spoken word recognition", 1978, table I,
    symmetric, P = 1.

    Args:
        costs: (points, ..., points) local costs, the first word's points first.

    Returns:
        (...).
    """
    points = len(costs)
    unreachable = np.float32(np.inf)
    before = np.full_like(costs[0], unreachable)
    row = before.copy()
    row[..., 0] = 2 * costs[0][..., 0]
    for i in range(1, points):
        cost = costs[i]
        new = np.full_like(cost, unreachable)
        new[..., 1:] = row[..., :-1] + 2 * cost[..., 1:]
        over_left = row[..., :-2] + 2 * cost[..., 1:-1] + cost[..., 2:]
        np.minimum(new[..., 2:], over_left, out=new[..., 2:])
        over_above = before[..., :-1] + 2 * costs[i - 1][..., 1:] + cost[..., 1:]
        np.minimum(new[..., 1:], over_above, out=new[..., 1:])
        before, row = row, new
    result: FloatArray = row[..., -1] / (2 * points)
    return result
