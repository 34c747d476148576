"""What the recordings of a trial are like, whoever speaks: inputs of a calibration, not evidence.

Noise and narrow lines move every score, most where only one of both recordings has them; told of
them, one calibration serves all.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.speech import DB_PER_NEPER, mel_from_cepstra

FloatArray = NDArray[Any]

CLEANEST_LOG_LIKELIHOOD = -108.0  # below it frames are clean, and how clean tells nothing more
LOW_BANDS = slice(0, 2)  # up to about 200 Hz, which a telephone cuts off
MIDDLE_BANDS = slice(8, 16)  # about 900 to 2400 Hz
HIGH_BANDS = slice(21, 26)  # above about 4400 Hz, where a recording at 8 kHz has nothing
# Least and most of a change that counts, as ordered in `RecordingConditions`. A smaller one is
# the voice's own, or a device's like it; to be told of it would raise the threshold most for the
# speaker's own device.
CHANGES = np.array([(2.0, 10.0), (8.0, 20.0), (8.0, 30.0)])


class RecordingConditions(NamedTuple):
    """Of one recording.

    Attributes:
        ubm_log_likelihood: how near the background's blurred average speech is: higher in noise.
        low_band_db: level of the lowest mel bands above that of the middle ones: low on a
            telephone line.
        high_band_db: level of the highest bands above it: low at 8 kHz.
    """

    ubm_log_likelihood: float
    low_band_db: float
    high_band_db: float


def recording_conditions(
    mean_cepstra: FloatArray, log_likelihoods: FloatArray
) -> RecordingConditions:
    """Describe a recording.

    Args:
        mean_cepstra: (20,) mean of the speech frames' cepstra.
        log_likelihoods: (T,) of speech frames under the background, or their mean (1,), T >= 1.
    """
    log_mel = DB_PER_NEPER * (mean_cepstra @ mel_from_cepstra())
    middle_db = log_mel[MIDDLE_BANDS].mean()
    return RecordingConditions(
        max(float(log_likelihoods.mean()), CLEANEST_LOG_LIKELIHOOD),
        float(log_mel[LOW_BANDS].mean() - middle_db),
        float(log_mel[HIGH_BANDS].mean() - middle_db),
    )


def changes(enrolled: RecordingConditions, attempted: RecordingConditions) -> FloatArray:
    """(3,) how differently both were recorded, each between least and most of `CHANGES`."""
    apart = np.abs(np.subtract(enrolled, attempted))
    return np.asarray(np.clip(apart, CHANGES[:, 0], CHANGES[:, 1]))
