"""Which of the known voices a voice of the recording is, by calibrated ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import open_set
from cepstra.gmm.batch_scoring import score_batch
from cepstra.gmm.fusion_scorer import FusionScorer, SpokenMessage
from cepstra.gmm.statistics import Statistics

FloatArray = NDArray[Any]

FALSE_ACCEPT_RATE = 0.01


@dataclass(frozen=True)
class Match:
    """The likeliest of the known voices.

    Attributes:
        name: of the known voice.
        llr: calibrated natural log-likelihood ratio.
        threshold: the least that names the voice, among so many known ones.
    """

    name: str
    llr: float
    threshold: float

    @property
    def is_sure(self) -> bool:
        """Whether the voice may be called by the name."""
        return self.llr >= self.threshold


def best_match(
    scorer: FusionScorer, known: Mapping[str, Statistics], speech: FloatArray
) -> Match | None:
    """The likeliest known voice of a voice's frames (S, 20); None without any speech.

    Args:
        scorer: compares them.
        known: summed statistics of each known voice, from `scorer.statistics`.
        speech: frames of one voice.
    """
    if not known or not len(speech):
        return None
    attempt = scorer.attempt([SpokenMessage(speech)])
    if not attempt.speech.any():
        return None
    llrs, allowances = score_batch(scorer, list(known.values()), attempt)
    best = int(np.argmax(llrs - allowances))
    least = open_set.threshold(scorer.calibration, FALSE_ACCEPT_RATE, len(known))
    return Match(list(known)[best], float(llrs[best]), least + float(allowances[best]))
