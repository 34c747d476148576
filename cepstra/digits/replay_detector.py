"""Decide whether an attempt is made of earlier recordings, altered or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.fingerprint import Fingerprint
from cepstra.digits.replay_evidence import evidence

FloatArray = NDArray[np.float32]
Recordings = Mapping[int | None, Sequence[Fingerprint]]

WORDS_OF_AN_ATTEMPT = 5  # for which the thresholds are set
FEWEST_KNOWN = 2
LARGEST_SCORE = 12.0  # of one word, so that one cannot stand for the others


@dataclass(frozen=True)
class ReplayParameters:
    """What was learnt on background speakers.

    Attributes:
        altered: (228, K) projection in which altered frames lie near their source.
        copied: (228, K) the same for copies on another device.
        typical: (2, 3) log distances between honest repetitions.
        weights: (F, 24) one row for each family of attacks; honest words score high.
        offsets: (F,) which put honest words at 1 and the family's at -1 on average.
        thresholds: (F,) the least mean score of an honest attempt of five words.
    """

    altered: FloatArray
    copied: FloatArray
    typical: FloatArray
    weights: FloatArray
    offsets: FloatArray
    thresholds: FloatArray


class ReplayDetector:
    """Compares words with all recordings of the same digit that the speaker is known to have made.

    Args:
        parameters: from models/replay.safetensors.
    """

    def __init__(self, parameters: ReplayParameters) -> None:
        self._parameters = parameters

    def word_scores(self, new: Fingerprint, known: Sequence[Fingerprint]) -> FloatArray:
        """(F,) scores of one word; low where the known recordings explain it too well."""
        parts = self._parameters
        found = evidence(new, known, (parts.altered, parts.copied), parts.typical)
        scores = parts.weights @ found + parts.offsets
        clipped: FloatArray = np.clip(scores, -LARGEST_SCORE, LARGEST_SCORE)
        return clipped

    def margins(
        self, attempt: Sequence[tuple[int | None, Fingerprint]], known: Recordings
    ) -> FloatArray:
        """(F,) how far the attempt's mean score lies above each threshold.

        Words of a digit with fewer than two recordings are passed over, for nothing tells how much
        the speaker's repetitions differ; without any other the margins are infinite.

        Args:
            attempt: digit and fingerprint of each word.
            known: earlier recordings by digit, the oldest first.
        """
        scores = [
            self.word_scores(new, known[digit])
            for digit, new in attempt
            if len(known.get(digit, ())) >= FEWEST_KNOWN
        ]
        if not scores:
            return np.full(len(self._parameters.thresholds), np.inf, dtype=np.float32)
        # Honest words score 1 on average, and the mean of fewer strays further from it.
        widening = np.sqrt(WORDS_OF_AN_ATTEMPT / min(len(scores), WORDS_OF_AN_ATTEMPT))
        thresholds = 1 - (1 - self._parameters.thresholds) * widening
        margins: FloatArray = np.mean(scores, axis=0) - thresholds
        return margins

    def is_replay(
        self, attempt: Sequence[tuple[int | None, Fingerprint]], known: Recordings
    ) -> bool:
        """Tell whether earlier recordings explain the attempt better than honest speech does."""
        return bool((self.margins(attempt, known) < 0).any())
