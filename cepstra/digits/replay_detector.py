"""Decide whether an attempt is made of earlier recordings, altered or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.fingerprint import Fingerprint
from cepstra.digits.replay_candidates import Compared
from cepstra.digits.replay_evidence import evidence

FloatArray = NDArray[np.float32]
Recordings = Mapping[int | None, Sequence[Fingerprint]]
Said = tuple[int | None, Fingerprint]

NOTHING: Recordings = MappingProxyType({})
FEWEST_KNOWN = 2
LARGEST_SCORE = 12.0  # of one word, so that one cannot stand for the others
# Of attempts of three words by background speakers 92% lie below when they are turned round; of
# copies none through microphones, telephones and codecs, 1% in noise, 4% among voices.
LEAST_LIKENESS = 0.25


@dataclass(frozen=True)
class ReplayParameters:
    """What was learnt on background speakers.

    Attributes:
        altered: (228, K) projection in which altered frames lie near their source.
        in_step: (228, K) the same for copies on another device, as a whole.
        weights: (F, 24) one row for each family of attacks; honest words score high.
        offsets: (F,) which put honest words at 1 and the family's at -1 on average.
        honest: (F, C, 3) of honest words in C conditions: their mean score, its deviation from
            speaker to speaker, and that from word to word of one speaker.
        quantiles: (F,) how many deviations below its mean an honest attempt may score.
    """

    altered: FloatArray
    in_step: FloatArray
    weights: FloatArray
    offsets: FloatArray
    honest: FloatArray
    quantiles: FloatArray

    def thresholds(self, n_words: int) -> FloatArray:
        """(F,) the least mean score of honest attempts of so many words.

        All words of an attempt are one speaker's, who may repeat words more evenly than others do:
        more words do not make up for that.
        """
        means, of_speakers, of_words = np.moveaxis(self.honest, 2, 0)
        spread = np.sqrt(of_speakers**2 + of_words**2 / n_words)
        lowest: FloatArray = (means - self.quantiles[:, None] * spread).min(axis=1)
        return lowest


class ReplayDetector:
    """Compares words with all recordings of the same digit that the speaker is known to have made.

    Args:
        parameters: from models/replay.safetensors.
    """

    def __init__(self, parameters: ReplayParameters) -> None:
        self._parameters = parameters

    def margins(
        self,
        attempt: Sequence[Said],
        known: Recordings,
        rejected: Recordings = NOTHING,
    ) -> FloatArray:
        """(F,) how far the attempt's mean score lies above each threshold.

        Words of a digit with fewer than two recordings are passed over, for nothing tells how much
        the speaker's repetitions differ; without any other the margins are infinite.

        Args:
            attempt: digit and fingerprint of each word.
            known: earlier recordings by digit, the oldest first.
            rejected: earlier answers that were rejected. They are compared too, but do not tell
                how the speaker repeats a word: who sent nearly the same one again and again could
                then let a replay pass for a repetition.
        """
        told = _told(attempt, known)
        if not told:
            return np.full(len(self._parameters.weights), np.inf, dtype=np.float32)
        return self._margins(_compared(told, known, rejected), told, known)

    def is_replay(
        self,
        attempt: Sequence[Said],
        known: Recordings,
        rejected: Recordings = NOTHING,
    ) -> bool:
        """Tell whether earlier recordings explain the attempt better than honest speech does.

        They may have been turned round: read backwards, some digits pass for themselves. Whoever
        turns one round turns round all, so the first word that is compared tells; the words of most
        honest attempts are so unlike any recording then that not even that is needed.
        """
        told = _told(attempt, known)
        if not told:
            return False
        compared = _compared(told, known, rejected)
        if bool((self._margins(compared, told, known) < 0).any()):
            return True
        if compared.likeness_backwards() < LEAST_LIKENESS:
            return False
        turned = [(digit, word.mirrored) for digit, word in told[:1]]
        return bool((self.margins(turned, known, rejected) < 0).any())

    def _margins(self, compared: Compared, told: Sequence[Said], known: Recordings) -> FloatArray:
        parts = self._parameters
        n_own = [len(known[digit]) for digit, _ in told]
        found = evidence(compared, (parts.altered, parts.in_step), n_own)
        scores = found @ parts.weights.T + parts.offsets
        scores = np.clip(scores, -LARGEST_SCORE, LARGEST_SCORE)  # low: explained too well
        margins: FloatArray = scores.mean(axis=0) - parts.thresholds(len(told))
        return margins


def _told(attempt: Sequence[Said], known: Recordings) -> list[Said]:
    """Words of digits of which enough recordings tell how much the speaker's repetitions differ."""
    return [(d, word) for d, word in attempt if len(known.get(d, ())) >= FEWEST_KNOWN]


def _compared(told: Sequence[Said], known: Recordings, rejected: Recordings) -> Compared:
    earlier = [[*rejected.get(digit, ()), *known[digit]] for digit, _ in told]
    return Compared.of([word for _, word in told], earlier)
