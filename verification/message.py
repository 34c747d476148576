"""A message as the domain sees it: features of one stretch of speech."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Message:
    """Cepstral frames with what is known about them.

    Attributes:
        frames: (T, D) cepstra, the first column is c0.
        energy: (T,) energies of the windowed frames, if sent.
        zcr: (T,) zero crossings of the windowed frames, if sent.
        digit: the digit that was to be said, if told.
        frontend: the front end's id, if told.
    """

    frames: NDArray[np.float64]
    energy: NDArray[np.float64] | None = None
    zcr: NDArray[np.float64] | None = None
    digit: int | None = None
    frontend: str | None = None

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Return the per-frame arrays that are there, by name."""
        named = {"frames": self.frames, "energy": self.energy, "zcr": self.zcr}
        return {name: array for name, array in named.items() if array is not None}
