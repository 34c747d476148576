"""What a calibration is worth on a kind of recording that it was not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cepstra.evaluation import metrics
from cepstra.gmm.fusion_scorer import FusionScorer
from cepstra.training.calibration_trials import ENROLLED_TAKES, ScoredTrials, calibrate


@dataclass(frozen=True)
class LeftOut:
    """One corpus, calibrated by all others.

    Attributes:
        corpus: its name.
        eer: of its ratios, percent.
        far: at the others' threshold for `RATE`, percent.
        frr: the same.
        far_by_takes: number of enrolled takes -> FAR, percent, where there are enough impostors.
        cllr: bits.
        min_cllr: after the best calibration, bits.
    """

    corpus: str
    eer: float
    far: float
    frr: float
    far_by_takes: dict[int, float]
    cllr: float
    min_cllr: float


FEWEST_IMPOSTORS = 300
RATE = 0.01  # of false accepts that the threshold is for


def leave_one_corpus_out(
    scorer: FusionScorer, trials: ScoredTrials, scores: Sequence[str]
) -> list[LeftOut]:
    """Calibrate on all corpora but one and judge the one, each in turn.

    Args:
        scorer: whose raw scores the trials hold.
        trials: of held-out speakers of several corpora.
        scores: names of the raw scores that count.
    """
    corpora = np.unique(trials.corpora)
    return [_left_out(scorer, trials, str(corpus), scores) for corpus in corpora]


def _left_out(
    scorer: FusionScorer, trials: ScoredTrials, corpus: str, scores: Sequence[str]
) -> LeftOut:
    inside = trials.corpora == corpus
    calibration = calibrate(scorer, trials[~inside], scores)
    own = trials[inside]
    llrs = calibration.llr(own.inputs)
    accepted = llrs - calibration.allowance(own.inputs) >= calibration.threshold(RATE)
    impostors = ~own.targets
    far_by_takes = {
        n_takes: 100 * float(accepted[chosen].mean())
        for n_takes in ENROLLED_TAKES
        if (chosen := impostors & (own.enrolled == n_takes)).sum() >= FEWEST_IMPOSTORS
    }
    pair = llrs[own.targets], llrs[impostors]
    return LeftOut(
        corpus,
        100 * metrics.eer(*pair),
        100 * float(accepted[impostors].mean()),
        100 * float((~accepted[own.targets]).mean()),
        far_by_takes,
        metrics.cllr(*pair),
        metrics.min_cllr(*pair),
    )
