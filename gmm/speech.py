"""Which frames of a message hold speech, from the cepstra alone.

Energy would follow the rumble of a room. Here the log mel energies are rebuilt from the cepstra
(truncated, hence smoothed), each band is measured above its own noise floor, and the frame's
signal-to-noise ratio is compared with the message's own range.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.cosine_transform import dct_matrix, inverse_dct_matrix

MEL_BANDS = 26
SPEECH_BANDS = slice(3, 19)  # about 300 to 3400 Hz, what every line carries
NOISE_PERCENTILE = 10.0
QUIET_AND_LOUD = (5.0, 95.0)  # percentiles
SMOOTHING_FRAMES = 5
RANGE_SHARE = 0.3  # of the way from the quietest to the loudest frames
BELOW_PEAK_DB = 35.0
ABOVE_NOISE_DB = 6.0
DB_PER_NEPER = 10 / np.log(10)
BAND_RANGE_DB = 45.0
BAND_FALL_DB = 12.0  # from one band to the next, at most
FIRST_HIGH_BAND = 19  # at about 3700 Hz


def speech_mask(mfcc: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Mark the frames of one message (T, 20) that hold speech, as `mask_from_snr` does."""
    return mask_from_snr(frame_snr_db(mfcc)) if len(mfcc) else np.zeros(0, dtype=bool)


def mask_from_snr(snr_db: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the frames that hold speech.

    A frame does when its smoothed signal-to-noise ratio is at least 6 dB, at most 35 dB below
    the message's loud frames, and in the upper 70% of the message's range.

    Args:
        snr_db: (T,) from `frame_snr_db`, T >= 1.

    Returns:
        (T,) booleans; none is set in silence, steady noise or a single frame.
    """
    ascending = np.sort(snr_db)
    quiet_db, loud_db = (percentile(ascending, rank) for rank in QUIET_AND_LOUD)
    relative_db = quiet_db + RANGE_SHARE * (loud_db - quiet_db)
    return snr_db >= max(relative_db, loud_db - BELOW_PEAK_DB, ABOVE_NOISE_DB)


def frame_snr_db(mfcc: NDArray[np.floating]) -> NDArray[np.float64]:
    """Mean power over the message's own noise floor in the speech bands, smoothed.

    The floor of a band is the 10th percentile of its log energy in the message.

    Args:
        mfcc: (T, 20) cepstra, T >= 1.

    Returns:
        (T,) decibels; 0 is the floor.
    """
    log_mel = np.asarray(mfcc, dtype=np.float64) @ mel_from_cepstra()[:, SPEECH_BANDS]
    above_floor = log_mel - percentile(np.sort(log_mel, axis=0), NOISE_PERCENTILE)
    snr_db = DB_PER_NEPER * np.log(np.exp(above_floor).mean(axis=1))
    return _smoothed(snr_db)


def with_band_floor(mfcc: NDArray[np.floating]) -> NDArray[np.floating]:
    """Cepstra (T, 20) whose high bands fall no steeper, and no band deeper, than speech does.

    What lies below tells of filters, not of voices: how a recording at 8 kHz falls off at 4 kHz,
    and what it has above, is a matter of how it was resampled, and no background knows all ways.
    """
    log_mel = mfcc @ mel_from_cepstra()
    floored = np.maximum(log_mel, log_mel.max(axis=1, keepdims=True) - BAND_RANGE_DB / DB_PER_NEPER)
    for band in range(FIRST_HIGH_BAND, MEL_BANDS):
        before = floored[:, band - 1] - BAND_FALL_DB / DB_PER_NEPER
        floored[:, band] = np.maximum(floored[:, band], before)
    return mfcc + (floored - log_mel) @ dct_matrix(MEL_BANDS, mfcc.shape[1])


def mel_from_cepstra(n_cepstra: int = 20) -> NDArray[np.float64]:
    """(n_cepstra, 26) matrix from truncated cepstra to log mel energies."""
    return inverse_dct_matrix(n_cepstra, MEL_BANDS)


def percentile(ascending: NDArray[np.float64], rank: float) -> Any:
    """The interpolated percentile (...) of sorted values (T, ...), in a third of NumPy's time.

    Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996, definition 7.
    """
    position = (len(ascending) - 1) * rank / 100
    below = int(position)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (position - below) * (ascending[above] - ascending[below])


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Moving average that keeps the length, with the ends repeated."""
    reach = SMOOTHING_FRAMES // 2
    padded = np.concatenate([np.repeat(values[:1], reach), values, np.repeat(values[-1:], reach)])
    return np.convolve(padded, np.full(SMOOTHING_FRAMES, 1 / SMOOTHING_FRAMES), mode="valid")
