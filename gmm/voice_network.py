"""A network that scores beside the mixtures, and the names of its sums and scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from cepstra.gmm.score_normalisation import normalised_cosines
from cepstra.gmm.speech_features import SpeechFeatures

FloatArray = NDArray[Any]


class VoiceNetwork(Protocol):
    """A speaker embedding that scores beside the mixtures: `neural.additive_embedder`.

    Attributes:
        cohort: (C, D) embeddings of background speakers.
    """

    cohort: FloatArray

    def sums(self, speech: FloatArray) -> FloatArray:
        """What adds up over takes, of speech frames (T, 20), T >= 0."""

    def embedding(self, sums: FloatArray) -> FloatArray:
        """(D,) unit vector of one or more takes' sums."""


@dataclass(frozen=True)
class ScoringNetwork:
    """One of the scorer's networks.

    Attributes:
        network: it.
        frames: takes from the features the speech frames that it is given.
        sums: the name of its sums among the statistics.
        scores: the names of its scores.
    """

    network: VoiceNetwork
    frames: Callable[[SpeechFeatures], FloatArray]
    sums: str
    scores: tuple[str, ...]

    def embedding(self, enrolled: Mapping[str, FloatArray]) -> FloatArray:
        """(D,) of a speaker's summed statistics."""
        return self.network.embedding(enrolled[self.sums])

    def cosines(
        self, enrolled: FloatArray, tested: FloatArray, n_nearest: int
    ) -> dict[str, FloatArray]:
        """(M,) each of its scores; arguments as `normalised_cosines`."""
        values = normalised_cosines(enrolled, tested, self.network.cohort, n_nearest)
        return dict(zip(self.scores, values[: len(self.scores)], strict=True))
