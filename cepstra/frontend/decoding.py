"""Decode a sound file block by block, in bounded memory, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from cepstra.frontend.audio_errors import (
    DamagedAudioError,
    EmptyAudioError,
    MissingAudioError,
    NoSoundTrackError,
    NotAudioError,
)
from cepstra.frontend.truncation import is_truncated, states_length

Samples = NDArray[np.float32]

# Formats that refer to other files or to the network, as playlists do, are none of these.
FORMATS = "wav,flac,ogg,mp3,mov,mp4,m4a,matroska,webm,aac,aiff"
FORMAT_NAMES = "WAV, FLAC, OGG, MP3, M4A, MP4 or WebM"
FORMATS_STATING_LENGTH = ("flac", "mov", "matroska", "aiff")
MISSING_SHARE, MISSING_S = 0.02, 0.1  # codecs round lengths to whole frames


class DecodedFile:
    """An open sound file: its rate, and its samples as mono blocks.

    Raises:
        AudioError: one of its kinds says what is wrong with the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container = _open(path)
        streams = self._container.streams.audio
        if not streams:
            self.close()
            raise NoSoundTrackError(f"{path}: has no sound track")
        self._stream: AudioStream = streams[0]
        self.sample_rate_hz: int = self._stream.rate

    def blocks(self) -> Iterator[Samples]:
        """Hand out (n,) samples, the mean of all channels, nominally in [-1, 1]."""
        count = 0
        try:
            for block in _gathered(self._decoded(), self.sample_rate_hz):
                count += len(block)
                yield block
        except av.error.FFmpegError as error:
            raise self._damaged(count) from error
        if count == 0:
            raise EmptyAudioError(f"{self._path}: holds no samples")
        if self._is_incomplete(count):
            raise self._damaged(count)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _decoded(self) -> Iterator[Samples]:
        to_floats = av.AudioResampler(format="fltp")
        for frame in self._container.decode(self._stream):
            for part in to_floats.resample(frame):
                channels = part.to_ndarray().astype(np.float32)
                if not np.isfinite(channels).all():
                    text = f"{self._path}: holds samples that are not finite numbers"
                    raise DamagedAudioError(text)
                yield channels.mean(axis=0, dtype=np.float32)

    def _is_incomplete(self, count: int) -> bool:
        stated_s = self._stated_s()
        least_s = 0.0 if stated_s is None else (1 - MISSING_SHARE) * stated_s - MISSING_S
        return is_truncated(self._path) or count / self.sample_rate_hz < least_s

    def _stated_s(self) -> float | None:
        """Length by the file's own headers, None where it is a guess from size and bit rate."""
        name, duration_us = self._container.format.name, self._container.duration
        is_stated = name.startswith(FORMATS_STATING_LENGTH)
        is_stated = is_stated or (name == "mp3" and states_length(self._path))
        return duration_us / 1e6 if is_stated and duration_us else None

    def _damaged(self, count: int) -> DamagedAudioError:
        stated_s, read_s = self._stated_s(), count / self.sample_rate_hz
        whole = f" of {stated_s:.1f} s" if stated_s else ""
        text = f"{self._path}: is cut short or damaged; {read_s:.1f} s{whole} could be read"
        return DamagedAudioError(text)


def _gathered(blocks: Iterator[Samples], size: int) -> Iterator[Samples]:
    """Join small blocks to such of about that size, which cost less each."""
    held: list[Samples] = []
    for block in blocks:
        held.append(block)
        if sum(map(len, held)) >= size:
            yield np.concatenate(held)
            held = []
    if held:
        yield np.concatenate(held)


def _open(path: Path) -> InputContainer:
    if path.is_dir():
        raise MissingAudioError(f"{path}: is a folder; name the files in it")
    if not path.is_file():
        raise MissingAudioError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise EmptyAudioError(f"{path}: has zero bytes")
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    try:
        return av.open(f"file:{path}", options=options)
    except (av.error.FFmpegError, OSError) as error:
        if is_truncated(path):
            text = f"{path}: is cut short or damaged; nothing of it could be read"
            raise DamagedAudioError(text) from error
        raise NotAudioError(f"{path}: is no {FORMAT_NAMES} file") from error
