"""Views of the same frames: which bands are seen and whether the cepstral mean is removed.

One view keeps the whole spectrum, another only what an 8 kHz recording or a telephone carries,
a third is the first after cepstral mean normalisation, so without what a microphone adds to all
frames. Each has a background mixture of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.cosine_transform import dct_matrix
from cepstra.gmm.speech import mel_from_cepstra

N_CEPSTRA = 20
DELTA_REACH = 2
MEAN_PRIOR_FRAMES = 20.0
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Stream:
    """How a message's cepstra become the vectors that a mixture models.

    Attributes:
        projection: (20, S) from cepstra, c0 first, to S static coefficients.
    """

    projection: Array

    @property
    def n_dims(self) -> int:
        """Dimensions of a vector: S static coefficients and their deltas."""
        return 2 * int(self.projection.shape[1])

    def vectors(self, messages: Sequence[NDArray[np.floating]]) -> Array:
        """Static coefficients and deltas of all frames of one or more messages.

        Args:
            messages: cepstra (T_i, 20) of each message, T_i >= 1.

        Returns:
            (sum of T_i, 2 S).
        """
        parts = [np.asarray(mfcc, dtype=np.float32) @ self.projection for mfcc in messages]
        return np.concatenate([np.concatenate([part, deltas(part)], axis=1) for part in parts])


def cmn(vectors: Array, speech: NDArray[np.bool_]) -> Array:
    """Cepstral mean normalisation: a stream's vectors without their static coefficients' mean.

    That is the maximum a posteriori mean of the speech frames under a zero-mean prior worth
    `MEAN_PRIOR_FRAMES` frames: few frames keep most of their own mean.

    Args:
        vectors: (T, 2 S) of an attempt or a take.
        speech: (T,) which frames hold speech.
    """
    static = vectors[:, : vectors.shape[1] // 2]
    weight = np.float32(np.count_nonzero(speech) + MEAN_PRIOR_FRAMES)
    result = vectors.copy()
    result[:, : static.shape[1]] -= static[speech].sum(axis=0) / weight
    return result


def deltas(static: Array) -> Array:
    """Regression slope of each coefficient over `DELTA_REACH` frames on either side, ends repeated.

    Source: Furui, "Speaker-independent isolated word recognition using dynamic features of
    speech spectrum", 1986.

    Args:
        static: (T, S), T >= 1.
    """
    n_frames, reach = len(static), DELTA_REACH
    padded = np.empty((n_frames + 2 * reach, static.shape[1]), dtype=static.dtype)
    padded[:reach], padded[reach:-reach], padded[-reach:] = static[0], static, static[-1]
    total = np.zeros_like(static)
    for step in range(1, reach + 1):
        ahead = padded[reach + step : reach + step + n_frames]
        behind = padded[reach - step : reach - step + n_frames]
        total += np.float32(step) * (ahead - behind)
    return total / np.float32(2 * sum(step**2 for step in range(1, reach + 1)))


def full_band() -> Array:
    """(20, 19) projection that leaves out c0, the loudness."""
    return np.eye(N_CEPSTRA, dtype=np.float32)[:, 1:]


def part_band(first_band: int, end_band: int, n_coefficients: int) -> Array:
    """(20, n_coefficients) projection onto the cepstra of some mel bands only.

    The log mel energies are rebuilt from the cepstra, and the bands first_band..end_band-1
    transformed again; their mean, the loudness, is left out.
    """
    bands = mel_from_cepstra()[:, first_band:end_band]
    matrix = bands @ dct_matrix(end_band - first_band, n_coefficients + 1)[:, 1:]
    return np.ascontiguousarray(matrix, dtype=np.float32)


WIDE = Stream(full_band())
NARROW = Stream(part_band(2, 20, 16))  # about 200 to 4000 Hz
IVECTOR_STREAMS: Mapping[str, Stream] = MappingProxyType({"wide": WIDE, "narrow": NARROW})
