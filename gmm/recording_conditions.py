"""What an attempt's recording is like, whoever speaks: inputs of a calibration, not evidence.

Noise and narrow lines lower every score; told how bad the recording is, one calibration and one
threshold serve all of them.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from cepstra.gmm.speech import DB_PER_NEPER, mel_from_cepstra

FloatArray = NDArray[Any]

CLEANEST_LOG_LIKELIHOOD = -108.0  # below it frames are clean, and how clean tells nothing more
LOW_BANDS = slice(0, 2)  # up to about 200 Hz, which a telephone cuts off
MIDDLE_BANDS = slice(8, 16)  # about 900 to 2400 Hz


def ubm_log_likelihood(log_likelihoods: FloatArray) -> float:
    """How near the background's blurred average speech is: higher in noise.

    Args:
        log_likelihoods: (T,) of speech frames under the background, T >= 1.
    """
    return max(float(log_likelihoods.mean()), CLEANEST_LOG_LIKELIHOOD)


def low_band_db(speech: FloatArray) -> float:
    """Level of the lowest mel bands above that of the middle ones: low on a telephone line.

    Args:
        speech: (T, 20) cepstra of speech frames, T >= 1.
    """
    log_mel = speech.mean(axis=0) @ mel_from_cepstra()
    difference = log_mel[LOW_BANDS].mean() - log_mel[MIDDLE_BANDS].mean()
    return float(DB_PER_NEPER * difference)
