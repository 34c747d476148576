"""Verification by an embedding network: a gallery per speaker, a calibrated cosine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import open_set
from cepstra.neural.embedder import Embedder
from cepstra.neural.utterance import Utterance

FloatArray = NDArray[Any]
Rule = Callable[[FloatArray, FloatArray], float]


def nearest_cosine(gallery: FloatArray, embedding: FloatArray) -> float:
    """Cosine of an embedding (D,) to the nearest of a gallery (N, D), all unit vectors, N >= 1."""
    return float((gallery @ embedding).max())


def mean_cosine(gallery: FloatArray, embedding: FloatArray) -> float:
    """Cosine of an embedding (D,) to the mean of a gallery (N, D), all unit vectors, N >= 1."""
    mean = gallery.sum(axis=0)
    return float(mean @ embedding / max(float(np.linalg.norm(mean)), 1e-12))


RULES: Mapping[str, Rule] = MappingProxyType({"nearest": nearest_cosine, "mean": mean_cosine})


class GalleryVerifier:
    """Galleries in, natural log-likelihood ratios out."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._rule = RULES[embedder.description.rule]
        self._calibration = embedder.description.calibration

    @classmethod
    def from_bytes(cls, content: bytes) -> GalleryVerifier:
        """Load a shipped network.

        Raises:
            ValueError: the file is not one.
        """
        return cls(Embedder(content))

    def threshold(self, false_accept_rate: float) -> float:
        """The log-likelihood ratio from which held-out impostors were accepted at this rate.

        Raises:
            ValueError: the rate is not between 0 and 1.
        """
        return self._calibration.threshold(false_accept_rate)

    def gallery(self, takes: Sequence[Utterance]) -> FloatArray:
        """(N, D) embeddings, one for each take with enough speech, in their order.

        Raises:
            ValueError: no take has enough speech.
        """
        found = [self.embedder.embed([take]) for take in takes]
        gallery = [embedding for embedding in found if embedding is not None]
        if not gallery:
            raise ValueError("takes: expected speech, found none")
        return np.stack(gallery)

    def llr(self, gallery: FloatArray, attempt: Sequence[Utterance]) -> float | None:
        """Log-likelihood ratio of an attempt's utterances; None with too little speech."""
        llrs = self.llrs([gallery], attempt)
        return None if llrs is None else float(llrs[0])

    def llrs(
        self, galleries: Sequence[FloatArray], attempt: Sequence[Utterance]
    ) -> FloatArray | None:
        """(M,) log-likelihood ratios of an attempt against M galleries, or None."""
        embedding = self.embedder.embed(attempt)
        if embedding is None:
            return None
        scores = np.array([[self._rule(gallery, embedding)] for gallery in galleries])
        return self._calibration.llr(scores)

    def open_set_threshold(self, false_accept_rate: float, n_speakers: int) -> float:
        """The ratio that a stranger reaches against any of N speakers at a given rate."""
        return open_set.threshold(self._calibration, false_accept_rate, n_speakers)
