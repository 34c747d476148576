"""Which of many earlier recordings of a digit are compared window by window with a new one.

However many a speaker has made, a login costs the same: the newest, and those nearest to the word
when both are stretched to one length. What is made of a recording lies nearer to it than honest
repetitions do (docs/security.md tells how often it is among the nearest).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.fingerprint import Words

N_NEWEST = 4  # which tell how much the speaker's repetitions differ
N_NEAREST = 4
MOST_CANDIDATES = N_NEWEST + N_NEAREST
N_POINTS = 16
WARPS = (1.0, 0.9, 0.95, 1.05, 1.1)  # of recordings played at another speed

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int_]


def candidates(queries: Words, words: Words, owners: IntArray) -> IntArray:
    """Choose recordings to compare, ascending: at most `MOST_CANDIDATES` for each of n words.

    Args:
        queries: n words.
        words: m recordings, those of each word together, the newest last.
        owners: (m,) the word that each is compared with, ascending.
    """
    counts = np.bincount(owners, minlength=len(queries.starts))
    if counts.max() <= MOST_CANDIDATES:
        return np.arange(len(owners))
    asked, seen = _paths(queries, WARPS), _paths(words, (1.0,))[0]
    chosen, ends = [], np.cumsum(counts)
    for owner, end in enumerate(ends):
        first = end - counts[owner]
        older = seen[first : max(first, end - N_NEWEST)]
        products = (older @ asked[:, owner].T).max(axis=1)
        chosen += [first + np.argsort(-products)[:N_NEAREST], np.arange(first + len(older), end)]
    return np.sort(np.concatenate(chosen))


def _paths(words: Words, warps: tuple[float, ...]) -> FloatArray:
    """(W, n, 304) words of one length, each as a unit vector, for each warp of the mel axis."""
    shapes = words.shapes(*warps)
    positions = words.starts[:, None] + np.linspace(0, 1, N_POINTS) * (words.lengths[:, None] - 1)
    below = positions.astype(np.intp)
    above = np.minimum(below + 1, (words.starts + words.lengths - 1)[:, None])
    share = (positions - below)[..., None].astype(np.float32)
    paths = shapes[:, below] * (1 - share) + shapes[:, above] * share
    flat = paths.reshape(len(warps), len(words.starts), -1)
    unit: FloatArray = flat / np.maximum(np.linalg.norm(flat, axis=2, keepdims=True), 1e-6)
    return unit
