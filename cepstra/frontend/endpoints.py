"""Where the speech lies in a recording that holds one word."""

import numpy as np
from numpy.typing import NDArray

ABOVE_NOISE_DB = 9.0
BELOW_PEAK_DB = 30.0
PADDING_FRAMES = 8


def speech_span(energy: NDArray[np.float64]) -> slice:
    """The frames from the first to the last loud one, padded by 80 ms at 100 frames a second.

    A frame is loud when it is at least 9 dB above the recording's quietest tenth and at most
    30 dB below its loudest frame. The page decides while the sound comes in; this rule looks
    at the whole recording and is for files.

    Args:
        energy: (T,) frame energies.

    Returns:
        The span; all T frames when none stands out, as in a word cut without pauses.
    """
    if len(energy) == 0:
        return slice(0, 0)
    level_db = 10 * np.log10(np.maximum(energy, 1e-12))
    noise_db, peak_db = np.percentile(level_db, 10), level_db.max()
    # In a recording without a pause the quietest tenth is speech; the peak then rules.
    threshold_db = min(max(noise_db + ABOVE_NOISE_DB, peak_db - BELOW_PEAK_DB), peak_db - 6.0)
    loud = np.flatnonzero(level_db >= threshold_db)
    first, last = int(loud[0]), int(loud[-1])
    return slice(max(0, first - PADDING_FRAMES), min(len(energy), last + 1 + PADDING_FRAMES))
