"""An embedding network, shipped or of one's own, as a system that can be evaluated."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.config import Config
from cepstra.evaluation.system import RecordedTake, System
from cepstra.frontend import page_definition
from cepstra.frontend.lpc import utterance_lpc
from cepstra.neural.gallery_verifier import GalleryVerifier
from cepstra.neural.utterance import Utterance


class EmbeddingSystem(System):
    """A gallery of embeddings per speaker, a calibrated cosine, the shipped policy's threshold.

    A network of one's own is given what a service gives it: frames alone.
    """

    definition = page_definition()
    scores_are_llrs = True

    def __init__(self, verifier: GalleryVerifier, is_own: bool = False) -> None:
        self._rate = Config().target_false_accept_rate
        self._verifier = verifier
        self.threshold = verifier.threshold(self._rate)
        self._is_own = is_own
        wants_predictors = not is_own and verifier.embedder.description.sees == "vector"
        self.of_sound = utterance_lpc if wants_predictors else None

    def enrol(self, takes: Sequence[RecordedTake]) -> NDArray[Any]:
        """The gallery (N, D) of the takes.

        Raises:
            ValueError: none of them holds speech.
        """
        return self._verifier.gallery(self._utterances(takes))

    def scores(
        self, models: Sequence[NDArray[Any]], takes: Sequence[RecordedTake]
    ) -> NDArray[np.float64]:
        """The (M,) ratios of the attempt against M galleries; 0 where no speech is found."""
        llrs = self._verifier.llrs(models, self._utterances(takes))
        return np.zeros(len(models)) if llrs is None else llrs

    def open_set_threshold(self, n_speakers: int) -> float:
        """The ratio that strangers reach at the target rate against any of N speakers."""
        return self._verifier.open_set_threshold(self._rate, n_speakers)

    def _utterances(self, takes: Sequence[RecordedTake]) -> list[Utterance]:
        if self._is_own:
            return [Utterance(take.features.mfcc) for take in takes]
        return [Utterance(take.features.mfcc, take.features.zcr, take.of_sound) for take in takes]
