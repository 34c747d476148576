"""How well one earlier recording explains a word from its beginning to its end.

A copy keeps step with its source: one lag fits all of it, on whatever device. Honest repetitions
are slower here and faster there, so that no single lag fits them well.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

STEP = 2
LEAST_OVERLAP = 0.6  # of the shorter word
MOST_REFERENCES = 4
LEAST_DISTANCE = 0.3
# Of the log distances between one background speaker's repetitions of a digit.
REPETITION_DEVIATION = 0.09
N_IN_STEP = 6  # at one speed

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int_]


def evidence_in_step(
    asked: FloatArray, seen: FloatArray, lengths: IntArray, n_own: int, n_known: int
) -> FloatArray:
    """Compare a word with earlier ones, as its microphone and noise would have changed them.

    Windows lie in a space in which copies on other devices lie near their source. Distances are
    means over all windows, and over the nearer half of them: noises and voices beside a copy come
    and go.

    Args:
        asked: (S, n, K) every `STEP`-th window of the word, as it is, then at other speeds.
        seen: (N, K) all windows of at least two other words, the newest last, from `Words.under`.
        lengths: (m,) how many windows each of them has.
        n_own: how many of the newest, at least two, are surely the speaker's.
        n_known: how many recordings these words were the likeliest of.

    Returns:
        (12,) the lower the more like a copy: `_stands_out` of all windows and of the nearer half,
        of the word as it is, and of the speed that fits each recording best.
    """
    n_speeds, n_rows, n_dimensions = asked.shape
    n_asked = np.full(n_speeds, n_rows)
    found = _log_distances(asked.reshape(-1, n_dimensions), n_asked, seen, lengths)
    n_others = len(lengths) - n_own
    usual = _usual(seen[lengths[:n_others].sum() :], lengths[n_others:])
    luck = _luck(n_known)
    parts = [
        _stands_out(column, n_others, level, luck)
        for each in (found[0], found.min(axis=0))
        for column, level in zip(each.T, usual, strict=True)
    ]
    return np.array(parts, dtype=np.float32).ravel()


def _stands_out(found: FloatArray, n_others: int, usual: float, luck: float) -> Sequence[float]:
    """How near the source of a word is, if it has one.

    The source is the recording that stands out most: the nearest of the speaker's, or of the
    others, which are left out of everything else. Copies of one recording would else look like
    honest repetitions.

    Args:
        found: (m,) log distances, those to the speaker's own recordings last.
        n_others: how many are not surely the speaker's.
        usual: mean log distance from an earlier word to the nearest other one.
        luck: of so many recordings.

    Returns:
        The log distance to the source, less the usual one; less that to the nearest word of the
        speaker's but the source; and itself.
    """
    nearest, second = np.sort(found[n_others:])[:2]
    other = found[:n_others].min(initial=np.inf)
    if other - nearest < nearest - second:
        nearest, second = other, nearest
    level = nearest + luck
    return level - usual, nearest - second, level


def lag_distances(
    between: FloatArray, n_asked: IntArray, lengths: IntArray, step: int
) -> FloatArray:
    """Mean distance of the windows of words to those of other words at every lag.

    Args:
        between: (n, N) distances of every `step`-th window of the words to all of the others.
        n_asked: (a,) how many of them each word has.
        lengths: (m,) how many windows each of the others has.
        step: frames from one row of a word's to the next.

    Returns:
        (a, m, lags); column l is for window `l + step * (i - n + 1)` beside row i of a word's n,
        and infinite where too little overlaps.
    """
    n_words, n_others = len(n_asked), len(lengths)
    n_lags = int(lengths.max() + step * n_asked.max())
    rows = step * (np.cumsum(n_asked).repeat(n_asked) - 1 - np.arange(len(between)))
    rows += n_lags * n_others * np.arange(n_words).repeat(n_asked)
    columns = np.arange(between.shape[1]) - (np.cumsum(lengths) - lengths).repeat(lengths)
    columns += n_lags * np.arange(n_others).repeat(lengths)
    cells = (rows[:, None] + columns).ravel()
    sums = np.bincount(cells, between.ravel(), n_lags * n_others * n_words)
    counts = _overlaps(n_asked, lengths, step, n_lags)
    enough = LEAST_OVERLAP * np.minimum(n_asked[:, None], -(-lengths // step))[:, :, None]
    means = sums.reshape(counts.shape) / np.maximum(counts, 1)
    result: FloatArray = np.where(counts >= enough, means, np.inf).astype(np.float32)
    return result


def _overlaps(n_asked: IntArray, lengths: IntArray, step: int, n_lags: int) -> IntArray:
    """(a, m, n_lags) how many windows of each word lie beside one of each other word."""
    lags = np.arange(n_lags)
    last = np.minimum(lags // step, n_asked[:, None] - 1)[:, None]
    before = np.maximum((lags - lengths[:, None]) // step, -1)
    counts: IntArray = np.maximum(last - before, 0)
    return counts


def distances(first: FloatArray, second: FloatArray) -> FloatArray:
    """(n, m) Euclidean distances of rows (n, K) and (m, K)."""
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    result: FloatArray = np.sqrt(np.maximum(squares - 2 * first @ second.T, 0))
    return result


def _log_distances(
    asked: FloatArray, n_asked: IntArray, seen: FloatArray, lengths: IntArray
) -> FloatArray:
    """(a, m, 2) at the best lag, the mean over all windows and over the nearer half."""
    between = distances(asked, seen)
    at_lags = lag_distances(between, n_asked, lengths, STEP)
    behind = np.arange(len(asked)) - (np.cumsum(n_asked) - 1).repeat(n_asked)
    places = at_lags.argmin(axis=2).repeat(n_asked, axis=0) + STEP * behind[:, None]
    overlap = (places >= 0) & (places < lengths)
    columns = np.cumsum(lengths) - lengths + np.clip(places, 0, lengths - 1)
    beside = np.where(overlap, np.take_along_axis(between, columns, axis=1), np.inf)
    found = np.stack([at_lags.min(axis=2), _nearer_half(beside, n_asked)], axis=2)
    result: FloatArray = np.log(LEAST_DISTANCE + found)
    return result


def _nearer_half(beside: FloatArray, n_asked: IntArray) -> FloatArray:
    """(a, m) means over the lower half of the finite numbers of each word's rows of (n, m)."""
    padded = np.full((len(n_asked), n_asked.max(), beside.shape[1]), np.inf, dtype=beside.dtype)
    padded[np.arange(n_asked.max()) < n_asked[:, None]] = beside
    wanted = np.maximum(1, np.isfinite(padded).sum(axis=1) // 2)
    padded.sort(axis=1)
    sums = np.take_along_axis(padded.cumsum(axis=1), wanted[:, None] - 1, axis=1)[:, 0]
    result: FloatArray = sums / wanted
    return result


def _luck(n_known: int) -> float:
    """How much nearer the nearest of so many honest repetitions is than the nearer of two.

    Source of the normal order statistics: Blom, "Statistical Estimates and Transformed
    Beta-Variables", 1958.
    """
    of_all, of_two = (NormalDist().inv_cdf((n - 0.375) / (n + 0.25)) for n in (n_known, 2))
    return REPETITION_DEVIATION * (of_all - of_two)


def _usual(seen: FloatArray, lengths: IntArray) -> FloatArray:
    """(2,) mean log distances from each of the speaker's newest words to the nearest other one."""
    newest = np.arange(len(lengths))[-MOST_REFERENCES:]
    within = np.arange(len(seen)) - (np.cumsum(lengths) - lengths).repeat(lengths)
    is_newest = np.arange(len(lengths)).repeat(lengths) >= newest[0]
    own = seen[is_newest & (within % STEP == 0)]
    found = _log_distances(own, -(-lengths[newest] // STEP), seen, lengths)
    found[newest - newest[0], newest] = np.inf
    usual: FloatArray = found.min(axis=1).mean(axis=0, dtype=np.float64)
    return usual
