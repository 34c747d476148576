"""An embedding that came in place of frames, as takes and messages carry it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_FRAMES = np.zeros((0, 20))


@dataclass(frozen=True)
class NetworkEmbedding:
    """What a network made of speech elsewhere.

    Attributes:
        vector: (D,) of length one.
        speech_frames: that it was made of.
        network: id of the network; vectors of two networks cannot be compared.
    """

    vector: NDArray[np.float64]
    speech_frames: int
    network: str

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Return the arrays that a take keeps, all numbers small enough for float32."""
        return {
            "frames": NO_FRAMES,
            "embedding": self.vector,
            "speech_frames": np.array([float(self.speech_frames)]),
            "network": np.array(list(self.network.encode()), dtype=np.float64),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> NetworkEmbedding | None:
        """Return what `arrays` returned; None where a take has frames."""
        if "embedding" not in arrays:
            return None
        network = bytes(arrays["network"].astype(np.uint8)).decode()
        return cls(arrays["embedding"], int(arrays["speech_frames"][0]), network)
