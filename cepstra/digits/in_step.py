"""How well one earlier recording explains a word from its beginning to its end.

A copy keeps step with its source: one lag fits all of it, on whatever device. Honest repetitions
are slower here and faster there, so that no single lag fits them well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from cepstra.digits.fingerprint import Words, windows

STEP = 2
LEAST_OVERLAP = 0.6  # of the shorter word
MOST_REFERENCES = 4
LEAST_DISTANCE = 0.3
# Of the log distances between one background speaker's repetitions of a digit.
REPETITION_DEVIATION = 0.09
N_IN_STEP = 3

FloatArray = NDArray[np.float32]


def evidence_in_step(
    query: Words, heard: Words, metric: FloatArray, n_own: int, n_known: int
) -> FloatArray:
    """Compare a word with earlier ones, as its microphone and noise would have changed them.

    Args:
        query: one word.
        heard: at least two, the newest last, from `Words.under`.
        metric: (228, K) projection in which copies on other devices lie near their source.
        n_own: how many of the newest, at least two, are surely the speaker's.
        n_known: how many recordings these words were the likeliest of.

    Returns:
        (3,) the lower the more like a copy: the log distance to the source, less that from an
        earlier word to the nearest other one; less that to the nearest word of the speaker's but
        the source; and itself. The source is the word that stands out most: the nearest of the
        speaker's, or of the others, which are left out of everything else. Copies of one recording
        would else look like honest repetitions.
    """
    seen = windows(heard, heard.shapes())[0] @ metric
    asked = windows(query, query.shapes(), STEP)[0] @ metric
    found = _log_distances(asked, seen, heard)
    n_others = len(found) - n_own
    nearest, second = np.sort(found[n_others:])[:2]
    other = found[:n_others].min(initial=np.inf)
    if other - nearest < nearest - second:
        nearest, second = other, nearest
    usual, level = _usual(seen, heard, n_others), nearest + _luck(n_known)
    return np.array([level - usual, nearest - second, level], dtype=np.float32)


def lag_distances(asked: FloatArray, seen: FloatArray, words: Words, step: int) -> FloatArray:
    """Mean distance of a word's windows to those of each other word at every lag.

    Args:
        asked: (n, K) every `step`-th window of the word.
        seen: (N, K) all windows of the others.
        words: where each of the m others lies.
        step: frames from one row of `asked` to the next.

    Returns:
        (m, lags); column l is for window `l + step * (i - n + 1)` beside row i, and infinite where
        too little overlaps.
    """
    n, longest = len(asked), int(words.lengths.max())
    n_lags = longest + step * n
    numbers = np.repeat(np.arange(len(words.lengths)), words.lengths)
    places = numbers * n_lags + np.arange(len(seen)) - np.repeat(words.starts, words.lengths)
    cells = (step * (n - 1 - np.arange(n)))[:, None] + places
    size = len(words.lengths) * n_lags
    sums = np.bincount(cells.ravel(), distances(asked, seen).ravel(), size)
    counts = np.bincount(cells.ravel(), minlength=size).reshape(-1, n_lags)
    enough = LEAST_OVERLAP * np.minimum(n, -(-words.lengths // step))[:, None]
    means = sums.reshape(-1, n_lags) / np.maximum(counts, 1)
    result: FloatArray = np.where(counts >= enough, means, np.inf).astype(np.float32)
    return result


def distances(first: FloatArray, second: FloatArray) -> FloatArray:
    """(n, m) Euclidean distances of rows (n, K) and (m, K)."""
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    result: FloatArray = np.sqrt(np.maximum(squares - 2 * first @ second.T, 0))
    return result


def _log_distances(asked: FloatArray, seen: FloatArray, words: Words) -> FloatArray:
    """(m,) at the best lag."""
    least = lag_distances(asked, seen, words, STEP).min(axis=1)
    result: FloatArray = np.log(LEAST_DISTANCE + least)
    return result


def _luck(n_known: int) -> float:
    """How much nearer the nearest of so many honest repetitions is than the nearer of two.

    Source of the normal order statistics: Blom, "Statistical Estimates and Transformed
    Beta-Variables", 1958.
    """
    ranks = (np.array([n_known, 2]) - 0.375) / (np.array([n_known, 2]) + 0.25)
    return REPETITION_DEVIATION * float(np.diff(ndtri(ranks[::-1]))[0])


def _usual(seen: FloatArray, words: Words, n_others: int) -> float:
    """Mean log distance from each of the newest words to the nearest other one of the speaker's."""
    found = []
    for number in range(n_others, len(words.lengths))[-MOST_REFERENCES:]:
        start = words.starts[number]
        own = seen[start : start + words.lengths[number] : STEP]
        distances_ = _log_distances(own, seen, words)
        distances_[number] = np.inf
        found.append(distances_[n_others:].min())
    return float(np.mean(found))
