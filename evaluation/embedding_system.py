"""An embedding network of models/ as a system that can be evaluated."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from evaluation.takes import Take
from features import FrontEndDefinition
from neural.gallery_verifier import GalleryVerifier
from neural.utterance import Utterance

MODELS = Path(__file__).resolve().parent.parent / "models"


class EmbeddingSystem:
    """A gallery of embeddings per speaker, a calibrated cosine, the shipped policy's threshold."""

    scores_are_llrs = True

    def __init__(
        self, family: str, definition: FrontEndDefinition, target_false_accept_rate: float
    ) -> None:
        """Load the family's network.

        Raises:
            FileNotFoundError: models/FAMILY.onnx is missing.
        """
        self.definition = definition
        self._verifier = GalleryVerifier.from_bytes((MODELS / f"{family}.onnx").read_bytes())
        self.decision_threshold = self._verifier.threshold(target_false_accept_rate)
        self.wants_lpc = self._verifier.embedder.description.sees == "vector"

    def enrol(self, takes: Sequence[Take]) -> NDArray[Any]:
        """The gallery (N, D) of the takes.

        Raises:
            ValueError: none of them holds speech.
        """
        return self._verifier.gallery([_utterance(take) for take in takes])

    def score(self, model: NDArray[Any], takes: Sequence[Take]) -> float:
        """The log-likelihood ratio of the attempt; 0, no evidence, where no speech is found."""
        return self._verifier.llr(model, [_utterance(take) for take in takes]) or 0.0


def _utterance(take: Take) -> Utterance:
    return Utterance(take.features.mfcc, take.features.zcr, take.lpc)
