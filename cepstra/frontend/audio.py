"""Read a sound file into mono samples at the front end's rate."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.audio_errors import AudioError, SampleRateError
from cepstra.frontend.decoding import DecodedFile
from cepstra.frontend.resampler import Resampler

__all__ = ["AudioError", "read_audio", "resample", "stream_audio"]

Array = NDArray[np.float64]
Samples = NDArray[np.float32]


def read_audio(path: Path | str, sample_rate_hz: int = 16_000) -> Array:
    """Read a whole WAV, FLAC, OGG, MP3, M4A, MP4 or WebM file.

    Args:
        path: the sound file, or a video; channels are averaged.
        sample_rate_hz: rate of the result.

    Returns:
        (n,) samples, nominally in [-1, 1], with the precision of 32 bits.

    Raises:
        AudioError: the file is missing, empty, no sound file, cut short, or has no sound.
    """
    return np.concatenate(list(stream_audio(path, sample_rate_hz))).astype(np.float64)


def stream_audio(path: Path | str, sample_rate_hz: int = 16_000) -> Generator[Samples, None, None]:
    """Hand out the same samples block by block, as 32-bit floats, in bounded memory.

    Raises:
        AudioError: as `read_audio` does; a file that is cut short is noticed at its end.
    """
    path = Path(path)
    file = DecodedFile(path)
    try:
        resampler = Resampler(file.sample_rate_hz, sample_rate_hz)
    except ValueError as error:
        file.close()
        raise SampleRateError(f"{path}: {error}") from None
    try:
        for block in file.blocks():
            yield resampler.push(block)
        yield resampler.flush()
    finally:
        file.close()


def resample(samples: Array, from_hz: int, to_hz: int) -> Array:
    """Change the sample rate as the page does.

    Args:
        samples: (n,) samples at from_hz.
        from_hz: rate of the input, 8,000 to 192,000.
        to_hz: rate of the output.

    Returns:
        (ceil(n to_hz / from_hz),) samples with the precision of 32 bits.

    Raises:
        ValueError: the input's rate is out of range.
    """
    resampler = Resampler(from_hz, to_hz)
    parts = [resampler.push(samples.astype(np.float32)), resampler.flush()]
    return np.concatenate(parts).astype(np.float64)
