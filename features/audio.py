"""Read a sound file into mono samples at the front end's rate."""

from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

Array = NDArray[np.float64]


class AudioError(ValueError):
    """A sound file is missing, broken, empty or holds numbers that are not finite."""


def read_audio(path: Path | str, sample_rate_hz: int = 16_000) -> Array:
    """Read WAV, FLAC or OGG.

    Args:
        path: the sound file; channels are averaged.
        sample_rate_hz: rate of the result.

    Returns:
        (n,) samples, nominally in [-1, 1].

    Raises:
        AudioError: the file is missing, not a sound file, empty, or holds NaN or infinity.
    """
    path = Path(path)
    if not path.is_file():
        raise AudioError(f"{path}: no such file")
    try:
        channels, rate_hz = soundfile.read(path, dtype="float64", always_2d=True)
    except soundfile.SoundFileError as error:
        raise AudioError(f"{path}: not a readable sound file ({error})") from error
    if len(channels) == 0:
        raise AudioError(f"{path}: the sound file is empty")
    if not np.isfinite(channels).all():
        raise AudioError(f"{path}: holds samples that are not finite numbers")
    return resample(channels.mean(axis=1), rate_hz, sample_rate_hz)


def resample(samples: Array, from_hz: int, to_hz: int) -> Array:
    """Change the sample rate with a polyphase low-pass filter.

    Args:
        samples: (n,) samples at from_hz.
        from_hz: rate of the input.
        to_hz: rate of the output.

    Returns:
        (ceil(n to_hz / from_hz),) samples.
    """
    if from_hz == to_hz:
        return samples
    divisor = gcd(from_hz, to_hz)
    resampled: Array = resample_poly(samples, to_hz // divisor, from_hz // divisor)
    return resampled
