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

FEWEST_KNOWN = 2
LARGEST_SCORE = 12.0  # of one word, so that one cannot stand for the others
HONEST_QUANTILE = 3.09  # of a normal distribution, for 0.1% of honest attempts lost by each rule


@dataclass(frozen=True)
class ReplayParameters:
    """What was learnt on background speakers.

    Attributes:
        altered: (228, K) projection in which altered frames lie near their source.
        copied: (228, K) the same for copies on another device.
        weights: (F, 24) one row for each family of attacks; honest words score high.
        offsets: (F,) which put honest words at 1 and the family's at -1 on average.
        honest: (F, C, 3) of honest words in C conditions: their mean score, its deviation from
            speaker to speaker, and that from word to word of one speaker.
    """

    altered: FloatArray
    copied: FloatArray
    weights: FloatArray
    offsets: FloatArray
    honest: FloatArray

    def thresholds(self, n_words: int) -> FloatArray:
        """(F,) the least mean score of honest attempts of so many words.

        All words of an attempt are one speaker's, who may repeat words more evenly than others do:
        more words do not make up for that.
        """
        means, of_speakers, of_words = np.moveaxis(self.honest, 2, 0)
        spread = np.sqrt(of_speakers**2 + of_words**2 / n_words)
        lowest: FloatArray = (means - HONEST_QUANTILE * spread).min(axis=1)
        return lowest


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
        found = evidence(new, known, (parts.altered, parts.copied))
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
            return np.full(len(self._parameters.weights), np.inf, dtype=np.float32)
        margins: FloatArray = np.mean(scores, axis=0) - self._parameters.thresholds(len(scores))
        return margins

    def is_replay(
        self, attempt: Sequence[tuple[int | None, Fingerprint]], known: Recordings
    ) -> bool:
        """Tell whether earlier recordings explain the attempt better than honest speech does."""
        return bool((self.margins(attempt, known) < 0).any())
