"""Read a sound file into mono samples at the front end's rate."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.audio_errors import AudioError, SampleRateError, TwoVoicesError
from cepstra.frontend.channels import Channel, ChannelSurvey, mixed
from cepstra.frontend.decoding import DecodedFile
from cepstra.frontend.resampler import Resampler

__all__ = ["AudioError", "read_audio", "resample", "stream_audio"]

Array = NDArray[np.float64]
Samples = NDArray[np.float32]
Note = Callable[[str], None]

SILENT_PEAK = 1e-4


def read_audio(path: Path | str, sample_rate_hz: int = 16_000) -> Array:
    """Read a whole sound file, or the sound of a video, whatever its format.

    Args:
        path: the file.
        sample_rate_hz: rate of the result.

    Returns:
        (n,) samples, nominally in [-1, 1], with the precision of 32 bits.

    Raises:
        AudioError: as `stream_audio` does.
    """
    return np.concatenate(list(stream_audio(path, sample_rate_hz))).astype(np.float64)


def stream_audio(
    path: Path | str,
    sample_rate_hz: int = 16_000,
    channel: Channel | None = None,
    note: Note = lambda text: None,
) -> Generator[Samples, None, None]:
    """Hand out the samples of a sound file block by block, as 32-bit floats, in bounded memory.

    Heard is the first track that is not silent, and of it the mean of all channels, the louder one
    where the mean would cancel them, or the centre of a film.

    Args:
        path: the file.
        sample_rate_hz: rate of the result; the file's own may change inside.
        channel: which one to hear, in place of the mean.
        note: is told, in a line, what of the file is not heard.

    Raises:
        AudioError: the file is missing, empty, no sound file, or has no sound; is cut short or
            damaged, which is noticed at its end; or holds another voice in each of two channels,
            of four at most, and `channel` does not choose.
    """
    path = path if isinstance(path, Path) else Path(path)  # its own class says how it is shown
    file = DecodedFile(path)
    track, heard = _chosen(file, path, channel, note)
    resampler, rate_hz = None, 0
    for block in file.blocks(track, note):
        if block.sample_rate_hz != rate_hz:
            if resampler:
                yield resampler.flush()
            rate_hz = block.sample_rate_hz
            resampler = _resampler(path, rate_hz, sample_rate_hz)
        assert resampler
        yield resampler.push(mixed(block.channels, heard))
    if resampler:
        yield resampler.flush()


def _chosen(
    file: DecodedFile, path: Path, channel: Channel | None, note: Note
) -> tuple[int, Channel | int | None]:
    """Return the track and the channel that are heard, from a first pass where it matters."""
    if file.tracks == 1 and (file.channels == 1 or channel is not None):
        return 0, channel
    with_sound, chosen = [], None
    for track in range(file.tracks):
        survey = ChannelSurvey()
        for block in file.blocks(track):
            survey.push(block.channels, block.sample_rate_hz)
        if survey.peak >= SILENT_PEAK:
            with_sound.append(track)
            chosen = chosen or survey
    if len(with_sound) > 1:
        note(f"{path}: has {len(with_sound)} sound tracks; only the first is heard")
    if chosen and channel is None:
        if chosen.holds_two_voices:
            sides = "" if file.channels == 2 else ", the first, the second or all of them"
            raise TwoVoicesError(
                f"{path}: holds a voice of its own in each of two channels of {file.channels}; "
                f"expected --channel left, right or mix{sides}"
            )
        centre = chosen.centre(file.centres[with_sound[0]])
        if centre is not None and np.sum(chosen.sounding) > 1:
            note(f"{path}: has {file.channels} channels; only the centre, of dialogue, is heard")
        return with_sound[0], chosen.loudest if centre is None else centre
    return (with_sound or [0])[0], channel


def _resampler(path: Path, from_hz: int, to_hz: int) -> Resampler:
    try:
        return Resampler(from_hz, to_hz)
    except ValueError as error:
        raise SampleRateError(f"{path}: {error}") from None


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
