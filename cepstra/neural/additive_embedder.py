"""The shipped network at work: speech frames in, embeddings out; no PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.neural.frames import network_input
from cepstra.neural.runtime import open_session

FloatArray = NDArray[Any]


class AdditiveEmbedder:
    """Two networks, from frames to sums over time and from sums to an embedding, and a cohort.

    The sums of several takes, added, are the sums of the takes one after another: enrolment
    adds them up, whatever their number.

    Attributes:
        cohort: (C, D) embeddings of background speakers.
    """

    def __init__(self, frames: bytes, point: bytes, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Load both networks.

        Args:
            frames: ONNX model, (1, T, 40) to (1, 3, P).
            point: ONNX model, (N, 3, P) to (N, D) unit vectors.
            arrays: centre (20,) and scale (20,) of the cepstra, cohort (C, D) of points of
                background speakers.

        Raises:
            ValueError: an array is missing.
        """
        missing = {"centre", "scale", "cohort"} - arrays.keys()
        if missing:
            raise ValueError(f"arrays: missing {', '.join(sorted(missing))}")
        self._files = frames, point, arrays
        self._frames, self._point = open_session(frames), open_session(point)
        self._centre, self._scale = arrays["centre"], arrays["scale"]
        self.cohort = arrays["cohort"].astype(np.float32)
        self._n_pooled = int(self._point.get_inputs()[0].shape[2])

    def __reduce__(self) -> tuple[type[AdditiveEmbedder], tuple[Any, ...]]:
        """Travel to a worker as the files, which a session of the runtime cannot."""
        return AdditiveEmbedder, self._files

    def sums(self, speech: FloatArray) -> FloatArray:
        """(3, P) sums over time of the attention's weights, activations and their squares.

        Args:
            speech: (T, 20) cepstra of speech frames; nothing gives zeros.
        """
        if not len(speech):
            return np.zeros((3, self._n_pooled), np.float32)
        frames = network_input(speech, self._centre, self._scale)
        return self._frames.run(None, {"input": frames[None]})[0][0]

    def embedding(self, sums: FloatArray) -> FloatArray:
        """(D,) unit vector of the sums (3, P) of one or more takes."""
        return self._point.run(None, {"input": sums[None].astype(np.float32)})[0][0]
