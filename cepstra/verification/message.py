"""A message as the domain sees it: features of one stretch of speech."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cepstra.store.network_embedding import NetworkEmbedding

__all__ = ["Message", "NetworkEmbedding"]


@dataclass(frozen=True)
class Message:
    """Cepstral frames with what is known about them.

    Attributes:
        frames: (T, D) cepstra, the first column is c0; none where an embedding came.
        energy: (T,) energies of the windowed frames, if sent.
        zcr: (T,) zero crossings of the windowed frames, if sent.
        digit: the digit that was to be said, if told.
        frontend: the front end's id, if told.
        device: label of what recorded it, if told.
        lpc: (12,) predictor coefficients of the whole stretch, if sent.
        take: the name it is to be kept by, if told.
        check_digit: it is not to be kept where it sounds like another digit than `digit`.
        confirm_voice: it is to be kept although it sounds like another voice.
        embedding: what a network made of the speech, in place of frames.
    """

    frames: NDArray[np.float64]
    energy: NDArray[np.float64] | None = None
    zcr: NDArray[np.float64] | None = None
    digit: int | None = None
    frontend: str | None = None
    device: str | None = None
    lpc: NDArray[np.float64] | None = None
    take: str | None = None
    check_digit: bool = False
    confirm_voice: bool = False
    embedding: NetworkEmbedding | None = None

    def split(self, segments: Sequence[tuple[int | None, int]]) -> list[Message]:
        """Cut into one message a segment, without the predictor, which is of the whole.

        Args:
            segments: digit and number of frames of each, in order; together all T frames.
        """
        ends = np.cumsum([n_frames for _, n_frames in segments])
        return [
            replace(self._between(end - n_frames, end), digit=digit)
            for (digit, n_frames), end in zip(segments, ends, strict=True)
        ]

    def _between(self, start: int, end: int) -> Message:
        energy = None if self.energy is None else self.energy[start:end]
        zcr = None if self.zcr is None else self.zcr[start:end]
        return replace(self, frames=self.frames[start:end], energy=energy, zcr=zcr, lpc=None)

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Return the arrays that are there, by name."""
        if self.embedding:
            return self.embedding.arrays()
        named = {"frames": self.frames, "energy": self.energy, "zcr": self.zcr, "lpc": self.lpc}
        return {name: array for name, array in named.items() if array is not None}
