"""A spoken word as a path of fixed length through a space where the same word lies close."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.span import word_span
from cepstra.gmm.speech import frame_snr_db

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
    paths = [path for take in takes for path in stacked_paths(take)]
    stacked = np.concatenate(paths) if paths else np.zeros((0, N_STACKED), dtype=np.float32)
    projected: FloatArray = (stacked @ metric).reshape(len(takes), len(GATES), N_POINTS, -1)
    return projected


def stacked_paths(take: Cepstra, gates: tuple[float, ...] = GATES) -> list[FloatArray]:
    """(points, 95) frames along the word for each gate, with their neighbours, without loudness.

    The word is stretched to its points by linear interpolation. Higher cepstra are raised
    (liftered) so that the first ones do not outweigh them.
    """
    mfcc = np.clip(take, -LARGEST_CEPSTRUM, LARGEST_CEPSTRUM).astype(np.float32)
    lifter = np.arange(1, 20, dtype=np.float32) ** np.float32(LIFTER_EXPONENT)
    raised, last = mfcc[:, 1:] * lifter, len(mfcc) - 1
    snr_db, paths = frame_snr_db(mfcc), []
    for gate in gates:
        span = word_span(snr_db, gate)
        length = span.stop - span.start
        positions = np.linspace(0, length - 1, N_POINTS, dtype=np.float32)
        before = positions.astype(np.intp)
        after = np.minimum(before + 1, length - 1)
        share = (positions - before)[:, None]
        rows = span.start + np.stack([before, after])[:, :, None] + np.array(CONTEXT_FRAMES)
        at, beyond = raised[rows.clip(0, last)].reshape(2, N_POINTS, N_STACKED)
        paths.append((1 - share) * at + share * beyond)
    return paths
