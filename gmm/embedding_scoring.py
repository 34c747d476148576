"""Verification by embeddings alone: two unit vectors, and of how much speech each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.calibration import Calibration
from cepstra.gmm.fusion_scorer import COHORT_LEVELS, N_NEAREST, NETWORK_SCORES
from cepstra.gmm.score_normalisation import normalised_cosines

FloatArray = NDArray[Any]

AMOUNTS = ("log_enrolled_frames", "log_attempted_frames")
EMBEDDING_SCORES = (*NETWORK_SCORES, *AMOUNTS, *COHORT_LEVELS)


@dataclass(frozen=True)
class SpokenEmbedding:
    """An embedding by the small network, and how much speech it stands for.

    Attributes:
        vector: (D,) of length one; zeros without speech.
        speech_frames: that it was made of.
    """

    vector: FloatArray
    speech_frames: float


class EmbeddingScorer:
    """Scores attempts against enrolled speakers where one side has no frames; safe to share."""

    def __init__(self, cohort: FloatArray, calibration: Calibration, network: str) -> None:
        """Keep the parameters.

        Args:
            cohort: (C, D) embeddings of background speakers.
            calibration: with one input for each of `EMBEDDING_SCORES`.
            network: id of the network that makes the embeddings.
        """
        self.cohort = cohort
        self.calibration = calibration
        self.network = network

    def scores(
        self, enrolled: Sequence[SpokenEmbedding], attempt: SpokenEmbedding
    ) -> tuple[FloatArray, FloatArray]:
        """Calibrated ratios (M,) and allowances (M,); 0, no evidence, without speech."""
        frames = np.array([one.speech_frames for one in enrolled])
        ratios, allowances = np.zeros(len(enrolled)), np.zeros(len(enrolled))
        spoken = frames > 0
        if attempt.speech_frames <= 0 or not spoken.any():
            return ratios, allowances
        vectors = np.stack([one.vector for one in enrolled])[spoken]
        by_attempt, by_enrolment, *levels = normalised_cosines(
            vectors, attempt.vector, self.cohort, N_NEAREST
        )
        attempted = np.full(len(vectors), np.log(attempt.speech_frames))
        inputs = np.stack(
            [by_attempt, by_enrolment, np.log(frames[spoken]), attempted, *levels], axis=1
        )
        ratios[spoken] = self.calibration.llr(inputs)
        allowances[spoken] = self.calibration.allowance(inputs)
        return ratios, allowances


def silence(dimensions: int) -> SpokenEmbedding:
    """The embedding of no speech."""
    return SpokenEmbedding(np.zeros(dimensions), 0.0)


def joined(parts: Sequence[SpokenEmbedding]) -> SpokenEmbedding:
    """The direction of several embeddings together, each counting as much as it is of speech.

    Raises:
        ValueError: there are none.
    """
    if not parts:
        raise ValueError("parts: expected at least one embedding")
    frames = np.array([part.speech_frames for part in parts])
    total = frames @ np.stack([part.vector for part in parts])
    length = float(np.linalg.norm(total))
    return SpokenEmbedding(total / max(length, 1e-12), float(frames.sum()))
