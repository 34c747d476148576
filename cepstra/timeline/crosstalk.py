"""What a side of a call says itself, where the other side is faintly heard in its channel too.

The other side leaks into a channel with a gain that stays. It is measured where the other one
speaks alone; what is hardly louder than the leak at that moment is no speech of this side's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from cepstra.gmm.speech import DB_PER_NEPER, SMOOTHING_FRAMES, SPEECH_BANDS, mel_from_cepstra

FloatArray = NDArray[Any]
Mask = NDArray[np.bool_]

BLOCK_FRAMES = 6000  # bounds memory
LATEST_FRAMES = 30  # that the leak comes before or after what is leaked
LOUD_PERCENTILE, LOUD_DB = 99.5, 20.0  # below it
ALONE_DB = 6.0  # that the other one is louder by, at least, while it alone speaks
N_ROUNDS, APART_DB = 10, 15.0  # from one side that speaks alone to the other, in what they differ
LEAK_PERCENTILE, ABOVE_LEAK_DB = 75.0, 8.0
FEWEST_FRAMES = 20  # to measure a leak


def own_speech(mfcc: FloatArray, other: FloatArray) -> Mask:
    """Mark the frames (T,) of one side that hold more than what leaks of the other side.

    Args:
        mfcc: (T, 20) cepstra of the side, T >= 1.
        other: (T, 20) those of the other side at the same times.
    """
    own_db, other_db = _levels_db(mfcc), _levels_db(other)
    own_loud, other_loud = (
        level_db > np.percentile(level_db, LOUD_PERCENTILE) - LOUD_DB
        for level_db in (own_db, other_db)
    )
    apart_db = own_db - other_db
    is_other = other_loud & (apart_db < _highest_of_other(apart_db[own_loud | other_loud]))
    above_other_db = own_db - maximum_filter1d(other_db, 2 * LATEST_FRAMES + 1)
    if np.count_nonzero(is_other) < FEWEST_FRAMES:
        return np.ones(len(mfcc), dtype=bool)
    leak_db = np.percentile(above_other_db[is_other], LEAK_PERCENTILE)
    mask: Mask = above_other_db > leak_db + ABOVE_LEAK_DB
    return mask


def _highest_of_other(apart_db: FloatArray) -> float:
    """The most that two sides (T,) differ by while the other one alone speaks.

    Two means are those of one side alone and of the other; halfway lies what both say at once.
    Where the means are near, one side says nothing at all.
    """
    low, high = apart_db.min(), apart_db.max()
    for _ in range(N_ROUNDS):
        is_low = apart_db < (low + high) / 2
        if not is_low.any():
            break
        low, high = apart_db[is_low].mean(), apart_db[~is_low].mean()
    is_two = high - low >= APART_DB
    return float(min(low + (high - low) / 4, -ALONE_DB)) if is_two else -ALONE_DB


def _levels_db(mfcc: FloatArray) -> NDArray[np.float64]:
    """(T,) smoothed power in the bands of speech."""
    bands = mel_from_cepstra()[:, SPEECH_BANDS]
    blocks = (mfcc[at : at + BLOCK_FRAMES] for at in range(0, len(mfcc), BLOCK_FRAMES))
    powers = np.concatenate(
        [np.exp(block.astype(np.float64) @ bands).mean(axis=1) for block in blocks]
    )
    levels_db: NDArray[np.float64] = DB_PER_NEPER * np.log(
        uniform_filter1d(powers, SMOOTHING_FRAMES)
    )
    return levels_db
