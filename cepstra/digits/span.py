"""Where in a message the word is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.speech import percentile

BELOW_PEAK_DB = 35.0
MARGIN_FRAMES = 5


def word_span(snr_db: NDArray[np.float64], gate: float) -> slice:
    """Find the stretch that rises most above a level, with a margin on either side.

    It is the contiguous stretch with the largest sum of decibels above the level: a pause inside
    a word costs less than what follows it brings, a click beside the word brings less than the
    silence between costs. Source: Bentley, "Programming Pearls", 1986, column 8.

    Args:
        snr_db: (T,) from `gmm.speech.frame_snr_db`, T >= 1.
        gate: the level, as a share of the way from the quietest to the loudest frames.

    Returns:
        A slice of at least one frame.
    """
    ascending = np.sort(snr_db)
    quiet_db, loud_db = percentile(ascending, 5), percentile(ascending, 95)
    level_db = max(quiet_db + gate * (loud_db - quiet_db), loud_db - BELOW_PEAK_DB)
    sums = np.concatenate([[0.0], np.cumsum(snr_db - level_db)])
    end = int(np.argmax(sums[1:] - np.minimum.accumulate(sums[:-1]))) + 1
    start = int(np.argmin(sums[:end]))
    return slice(max(0, start - MARGIN_FRAMES), min(len(snr_db), end + MARGIN_FRAMES))
