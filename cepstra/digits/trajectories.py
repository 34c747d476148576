"""A spoken word as a path of fixed length through a space where the same word lies close."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.span import word_spans

N_POINTS = 24
GATES = (0.35, 0.6)  # noisy ends of a word fall to one of them
CONTEXT_FRAMES = (-6, -3, 0, 3, 6)
LIFTER_EXPONENT = 0.4
LARGEST_CEPSTRUM = 1e4
N_STACKED = 19 * len(CONTEXT_FRAMES)

FloatArray = NDArray[np.float32]
Cepstra = NDArray[np.floating]


def trajectories(takes: Sequence[Cepstra], metric: FloatArray) -> FloatArray:
    """Cut out the word of every take, once for each gate, and stretch it to one length.

    Args:
        takes: cepstra (T_i, 20) of n takes, T_i >= 1.
        metric: (95, K) projection of stacked frames.

    Returns:
        (n, gates, points, K).
    """
    paths = [stacked_path(take, gate) for take in takes for gate in GATES]
    stacked = np.concatenate(paths) if paths else np.zeros((0, N_STACKED), dtype=np.float32)
    projected: FloatArray = (stacked @ metric).reshape(len(takes), len(GATES), N_POINTS, -1)
    return projected


def stacked_path(take: Cepstra, gate: float) -> FloatArray:
    """(points, 95) frames along the word, each with its neighbours, without loudness.

    Higher cepstra are raised (liftered) so that the first ones do not outweigh them.
    """
    mfcc = np.clip(take, -LARGEST_CEPSTRUM, LARGEST_CEPSTRUM).astype(np.float32)
    (span,) = word_spans(mfcc, (gate,))
    lifter = np.arange(1, 20, dtype=np.float32) ** np.float32(LIFTER_EXPONENT)
    rows = np.arange(span.start, span.stop)[:, None] + np.array(CONTEXT_FRAMES)
    stacked = (mfcc[:, 1:] * lifter)[np.clip(rows, 0, len(mfcc) - 1)]
    return _stretched(stacked.reshape(len(rows), N_STACKED))


def _stretched(path: FloatArray) -> FloatArray:
    """(N_POINTS, D) by linear interpolation of (T, D)."""
    positions = np.linspace(0, len(path) - 1, N_POINTS, dtype=np.float32)
    before = positions.astype(np.intp)
    after = np.minimum(before + 1, len(path) - 1)
    share = (positions - before)[:, None]
    result: FloatArray = (1 - share) * path[before] + share * path[after]
    return result
