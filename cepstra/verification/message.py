"""A message as the domain sees it: features of one stretch of speech."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend import page_definition
from cepstra.gmm.speech import speech_mask
from cepstra.store.network_embedding import NetworkEmbedding

__all__ = ["Message", "NetworkEmbedding"]


@dataclass(frozen=True)
class Message:
    """Cepstral frames with what is known about them.

    Attributes:
        frames: (T, D) cepstra, the first column is c0; none where an embedding came.
        digit: the digit that was to be said, if told.
        frontend: the front end's id, if told.
        device: label of what recorded it, if told.
        take: the name it is to be kept by, if told.
        check_digit: it is not to be kept where it sounds like another digit than `digit`.
        confirm_voice: it is to be kept although it sounds like another voice.
        embedding: what a network made of the speech, in place of frames.
    """

    frames: NDArray[np.float64]
    digit: int | None = None
    frontend: str | None = None
    device: str | None = None
    take: str | None = None
    check_digit: bool = False
    confirm_voice: bool = False
    embedding: NetworkEmbedding | None = None

    @property
    def is_silent(self) -> bool:
        """Whether nobody speaks in frames of the page's front end; of others nothing tells."""
        is_known = self.frontend == page_definition().id and not self.embedding
        return is_known and not speech_mask(self.frames).any()

    def split(self, segments: Sequence[tuple[int | None, int]]) -> list[Message]:
        """Cut into one message a segment.

        Args:
            segments: digit and number of frames of each, in order; together all T frames.
        """
        ends = np.cumsum([n_frames for _, n_frames in segments])
        return [
            replace(self, frames=self.frames[end - n_frames : end], digit=digit)
            for (digit, n_frames), end in zip(segments, ends, strict=True)
        ]

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Return what is kept of it: frames (T, D), or the arrays of the embedding."""
        return self.embedding.arrays() if self.embedding else {"frames": self.frames}
