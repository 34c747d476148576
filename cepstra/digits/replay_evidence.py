"""How much better one recording explains a word than honest repetitions explain each other.

A word is compared window by window with earlier recordings of the same digit by the same speaker,
in a space where altered copies lie near each other and honest repetitions far apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.fingerprint import Fingerprint, Words, window_starts, windows

# A copy played at another speed is shifted along the mel axis too; (tempo, warp).
SPEEDS = (0.9, 0.925, 0.95, 0.975, 1.025, 1.05, 1.075, 1.1)
TEMPOS = (0.86, 0.93, 1.07, 1.15)
AS_IT_IS = (1.0, 1.0)
VARIANTS = (AS_IT_IS, *((t, 1.0) for t in TEMPOS), *((s, s) for s in SPEEDS))
QUERY_STEP = 2
MOST_REFERENCES = 8
MOST_BLENDED = 6
SHARES = (1.0, 0.5, 0.1)  # of a word's windows, the nearest ones
LEAST_DISTANCE = 0.3
N_PER_METRIC = 4 * len(SHARES)
N_EVIDENCE = 2 * N_PER_METRIC

FloatArray = NDArray[np.float32]


def evidence(
    new: Fingerprint,
    known: Sequence[Fingerprint],
    metrics: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Compare a word with earlier recordings of the same digit by the same speaker.

    Args:
        new: the word.
        known: at least two, the newest last.
        metrics: (228, K) projections for altered frames, and for copies on another device.

    Returns:
        (24,) differences of log distances, the lower the more like a copy.
    """
    query, words = Words.of([new]), Words.of(known)
    heard = words.under(query.loud()[0], new.floor.astype(np.float32))
    altered = _found(query, words, metrics[0], VARIANTS)
    copied = _found(query, heard, metrics[1], (AS_IT_IS,))
    newest = Words.of(known[-MOST_REFERENCES:])
    parts = [
        _differences(found, references(newest, metric))
        for found, metric in zip((altered, copied), metrics, strict=True)
    ]
    return np.concatenate(parts).astype(np.float32)


def _found(
    query: Words, words: Words, metric: FloatArray, variants: Sequence[tuple[float, float]]
) -> tuple[FloatArray, FloatArray]:
    """(n, m) least distances of n windows to m words, and (n,) to blends of two of them."""
    seen = windows(words, words.shapes()) @ metric
    starts = window_starts(words)
    asked = np.stack(
        [windows(query, query.shapes(w), QUERY_STEP, 1 / t) @ metric for t, w in variants]
    )
    flat = asked.reshape(-1, asked.shape[-1])
    distances = _squares(flat, seen)
    least = np.minimum.reduceat(distances, starts, axis=1)
    least = least.reshape(len(variants), -1, len(starts)).min(axis=0)
    plain = distances[: asked.shape[1]]
    nearest = np.argsort(least.mean(axis=0))[:MOST_BLENDED]
    ends = np.append(starts[1:], len(seen))
    best = [seen[starts[k] + plain[:, starts[k] : ends[k]].argmin(axis=1)] for k in nearest]
    return least, np.minimum(least.min(axis=1), _to_blends(asked[0], best))


def _to_blends(asked: FloatArray, best: Sequence[FloatArray]) -> FloatArray:
    """(n,) least squared distances to the lines between two of the (n, K) windows."""
    least = np.full(len(asked), np.inf, dtype=np.float32)
    for index, one in enumerate(best):
        for other in best[:index]:
            line, rest = other - one, asked - one
            along = (rest * line).sum(axis=1) / np.maximum((line**2).sum(axis=1), 1e-6)
            off = rest - np.clip(along, 0, 1)[:, None] * line
            least = np.minimum(least, (off**2).sum(axis=1))
    return least


def references(words: Words, metric: FloatArray) -> FloatArray:
    """(3,) mean log distance from each recording, of at least two, to the nearest other one."""
    n = len(words.starts)
    shapes = words.shapes()
    asked, seen = (windows(words, shapes, step) @ metric for step in (QUERY_STEP, 1))
    least = np.minimum.reduceat(_squares(asked, seen), window_starts(words), axis=1)
    bounds = np.append(window_starts(words, QUERY_STEP), len(asked))
    own = [np.delete(least[bounds[i] : bounds[i + 1]], i, axis=1).min(axis=1) for i in range(n)]
    result: FloatArray = np.mean([_log_distances(one) for one in own], axis=0)
    return result


def _differences(found: tuple[FloatArray, FloatArray], reference: FloatArray) -> FloatArray:
    least, blended = found
    each = np.sort([_log_distances(column) for column in least.T], axis=0)
    nearest, between = _log_distances(least.min(axis=1)), _log_distances(blended)
    return np.concatenate(
        [nearest - reference, each[0] - each[1], between - reference, between - nearest]
    )


def _log_distances(distances: FloatArray) -> FloatArray:
    """(3,) of the mean over all windows, the nearer half and the nearest tenth."""
    ascending = np.sort(distances)
    counts = [max(1, int(share * len(distances))) for share in SHARES]
    return np.log(LEAST_DISTANCE + np.array([ascending[:count].mean() for count in counts]))


def _squares(first: FloatArray, second: FloatArray) -> FloatArray:
    sums = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    result: FloatArray = np.maximum(sums - 2 * first @ second.T, 0)
    return result
