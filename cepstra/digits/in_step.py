"""How well one earlier recording explains a word from its beginning to its end.

A copy keeps step with its source: one lag fits all of it, on whatever device. Honest repetitions
are slower here and faster there, so that no single lag fits them well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

STEP = 2
LEAST_OVERLAP = 0.6  # of the shorter word
MOST_REFERENCES = 4
LEAST_DISTANCE = 0.3
# Of the log distances between one background speaker's repetitions of a digit.
REPETITION_DEVIATION = 0.09
N_IN_STEP = 3

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int_]


def evidence_in_step(
    asked: FloatArray, seen: FloatArray, lengths: IntArray, n_own: int, n_known: int
) -> FloatArray:
    """Compare a word with earlier ones, as its microphone and noise would have changed them.

    Windows lie in a space in which copies on other devices lie near their source.

    Args:
        asked: (n, K) every `STEP`-th window of the word.
        seen: (N, K) all windows of at least two other words, the newest last, from `Words.under`.
        lengths: (m,) how many windows each of them has.
        n_own: how many of the newest, at least two, are surely the speaker's.
        n_known: how many recordings these words were the likeliest of.

    Returns:
        (3,) the lower the more like a copy: the log distance to the source, less that from an
        earlier word to the nearest other one; less that to the nearest word of the speaker's but
        the source; and itself. The source is the word that stands out most: the nearest of the
        speaker's, or of the others, which are left out of everything else. Copies of one recording
        would else look like honest repetitions.
    """
    found = _log_distances(asked, np.array([len(asked)]), seen, lengths)[0]
    n_others = len(found) - n_own
    nearest, second = np.sort(found[n_others:])[:2]
    other = found[:n_others].min(initial=np.inf)
    if other - nearest < nearest - second:
        nearest, second = other, nearest
    usual = _usual(seen[lengths[:n_others].sum() :], lengths[n_others:])
    level = nearest + _luck(n_known)
    return np.array([level - usual, nearest - second, level], dtype=np.float32)


def lag_distances(
    asked: FloatArray, n_asked: IntArray, seen: FloatArray, lengths: IntArray, step: int
) -> FloatArray:
    """Mean distance of the windows of words to those of other words at every lag.

    Args:
        asked: (n, K) every `step`-th window of the words.
        n_asked: (a,) how many of them each word has.
        seen: (N, K) all windows of the others.
        lengths: (m,) how many windows each of the others has.
        step: frames from one row of a word's to the next.

    Returns:
        (a, m, lags); column l is for window `l + step * (i - n + 1)` beside row i of a word's n,
        and infinite where too little overlaps.
    """
    shape = len(n_asked), len(lengths), int(lengths.max() + step * n_asked.max())
    _, n_others, n_lags = shape
    rows = step * (np.cumsum(n_asked).repeat(n_asked) - 1 - np.arange(len(asked)))
    rows += n_lags * n_others * np.arange(len(n_asked)).repeat(n_asked)
    columns = np.arange(len(seen)) - (np.cumsum(lengths) - lengths).repeat(lengths)
    columns += n_lags * np.arange(n_others).repeat(lengths)
    cells, size = (rows[:, None] + columns).ravel(), n_lags * n_others * len(n_asked)
    sums = np.bincount(cells, distances(asked, seen).ravel(), size).reshape(shape)
    counts = np.bincount(cells, minlength=size).reshape(shape)
    enough = LEAST_OVERLAP * np.minimum(n_asked[:, None], -(-lengths // step))[:, :, None]
    means = sums / np.maximum(counts, 1)
    result: FloatArray = np.where(counts >= enough, means, np.inf).astype(np.float32)
    return result


def distances(first: FloatArray, second: FloatArray) -> FloatArray:
    """(n, m) Euclidean distances of rows (n, K) and (m, K)."""
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    result: FloatArray = np.sqrt(np.maximum(squares - 2 * first @ second.T, 0))
    return result


def _log_distances(
    asked: FloatArray, n_asked: IntArray, seen: FloatArray, lengths: IntArray
) -> FloatArray:
    """(a, m) at the best lag."""
    least = lag_distances(asked, n_asked, seen, lengths, STEP).min(axis=2)
    result: FloatArray = np.log(LEAST_DISTANCE + least)
    return result


def _luck(n_known: int) -> float:
    """How much nearer the nearest of so many honest repetitions is than the nearer of two.

    Source of the normal order statistics: Blom, "Statistical Estimates and Transformed
    Beta-Variables", 1958.
    """
    ranks = (np.array([n_known, 2]) - 0.375) / (np.array([n_known, 2]) + 0.25)
    return REPETITION_DEVIATION * float(np.diff(ndtri(ranks[::-1]))[0])


def _usual(seen: FloatArray, lengths: IntArray) -> float:
    """Mean log distance from each of the newest words of the speaker's to the nearest other one."""
    newest = np.arange(len(lengths))[-MOST_REFERENCES:]
    within = np.arange(len(seen)) - (np.cumsum(lengths) - lengths).repeat(lengths)
    is_newest = np.arange(len(lengths)).repeat(lengths) >= newest[0]
    own = seen[is_newest & (within % STEP == 0)]
    found = _log_distances(own, -(-lengths[newest] // STEP), seen, lengths)
    found[newest - newest[0], newest] = np.inf
    return float(found.min(axis=1).mean(dtype=np.float64))
