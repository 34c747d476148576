"""Chunks of PCM become samples; they live in memory until the utterance ends, a minute at most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from wyoming.audio import AudioChunk

Samples = NDArray[np.float32]

WIDTHS = {1: "u1", 2: "<i2", 4: "<i4"}  # bytes of a sample; one byte has no sign in WAV either
RATES_HZ, CHANNELS = range(8_000, 192_001), range(1, 9)
LONGEST_S = 60  # more is not heard, as by /identify


class SoundError(ValueError):
    """The sound cannot be read: says which field, expected and got."""


class Utterance:
    """The sound of one utterance.

    Attributes:
        rate_hz: of its samples; 0 before there are any.
    """

    def __init__(self) -> None:
        self.rate_hz = 0
        self._parts: list[Samples] = []
        self._length = 0

    def add(self, chunk: AudioChunk) -> None:
        """Add a chunk; what is said after a minute is left out.

        Raises:
            SoundError: it is not PCM of a known format, or another one than before.
        """
        samples = _samples(chunk)
        if self.rate_hz not in (0, chunk.rate):
            raise SoundError(f"rate: expected {self.rate_hz} as before, got {chunk.rate}")
        self.rate_hz = chunk.rate
        if room := LONGEST_S * self.rate_hz - self._length:
            self._parts.append(samples[:room].copy())  # a slice would keep the whole chunk
            self._length += len(self._parts[-1])

    def samples(self) -> Samples:
        """(n,) mono samples in [-1, 1]."""
        return np.concatenate([np.zeros(0, np.float32), *self._parts])


def _samples(chunk: AudioChunk) -> Samples:
    for name, value, known in (
        ("rate", chunk.rate, RATES_HZ),
        ("width", chunk.width, WIDTHS),
        ("channels", chunk.channels, CHANNELS),
    ):
        if value not in known:
            expected = known if isinstance(known, range) else "1, 2 or 4 bytes"
            raise SoundError(f"{name}: expected {expected}, got {value!r}")
    if len(chunk.audio) % (chunk.width * chunk.channels):
        raise SoundError(f"payload: expected whole samples, got {len(chunk.audio)} bytes")
    values = np.frombuffer(chunk.audio, WIDTHS[chunk.width]).astype(np.float32)
    middle, peak = (128, 128) if chunk.width == 1 else (0, 2 ** (8 * chunk.width - 1))
    mono: Samples = ((values - middle) / peak).reshape(-1, chunk.channels).mean(axis=1)
    return mono
