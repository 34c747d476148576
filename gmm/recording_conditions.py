"""What an attempt's recording is like, whoever speaks: inputs of a calibration, not evidence.

Noise and narrow lines move every score; told of them, one calibration serves all.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from cepstra.gmm.speech import DB_PER_NEPER, mel_from_cepstra

FloatArray = NDArray[Any]

CLEANEST_LOG_LIKELIHOOD = -108.0  # below it frames are clean, and how clean tells nothing more
LOW_BANDS = slice(0, 2)  # up to about 200 Hz, which a telephone cuts off
MIDDLE_BANDS = slice(8, 16)  # about 900 to 2400 Hz
HIGH_BANDS = slice(21, 26)  # above about 4400 Hz, where a recording at 8 kHz has nothing


def ubm_log_likelihood(log_likelihoods: FloatArray) -> float:
    """How near the background's blurred average speech is: higher in noise.

    Args:
        log_likelihoods: (T,) of speech frames under the background, T >= 1.
    """
    return max(float(log_likelihoods.mean()), CLEANEST_LOG_LIKELIHOOD)


def low_band_db(mean_cepstra: FloatArray) -> float:
    """Level of the lowest mel bands above that of the middle ones: low on a telephone line.

    Args:
        mean_cepstra: (20,) mean of the speech frames' cepstra.
    """
    return _above_middle_db(mean_cepstra, LOW_BANDS)


def high_band_db(mean_cepstra: FloatArray) -> float:
    """Level of the highest mel bands above that of the middle ones: low at 8 kHz."""
    return _above_middle_db(mean_cepstra, HIGH_BANDS)


def _above_middle_db(mean_cepstra: FloatArray, bands: slice) -> float:
    log_mel = mean_cepstra @ mel_from_cepstra()
    return float(DB_PER_NEPER * (log_mel[bands].mean() - log_mel[MIDDLE_BANDS].mean()))
