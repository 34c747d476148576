"""The scorer's score of one attempt against many speakers at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.calibration import Calibration
from cepstra.gmm.digit_emphasis import emphasised_sums
from cepstra.gmm.fusion_scorer import (
    CONDITIONS,
    N_NEAREST,
    Attempt,
    FusionScorer,
    conditions,
)
from cepstra.gmm.parameters import IvectorPlda
from cepstra.gmm.score_normalisation import adaptive_t_norm

FloatArray = NDArray[Any]
Enrolled = Sequence[Mapping[str, FloatArray]]


def score_batch(
    scorer: FusionScorer, enrolled: Enrolled, attempt: Attempt
) -> tuple[FloatArray, FloatArray]:
    """Ratios (M,) and allowances (M,) of `scorer.score`; what is common to all is done once.

    Args:
        scorer: the scorer.
        enrolled: summed statistics of M speakers.
        attempt: from `scorer.attempt`.
    """
    return calibrated(scorer.calibration, raw_scores(scorer, enrolled, attempt))


def raw_scores(scorer: FusionScorer, enrolled: Enrolled, attempt: Attempt) -> FloatArray:
    """(M, Q) scores by `scorer.raw_names`; NaN where one side has no speech."""
    raw = np.full((len(enrolled), len(scorer.raw_names)), np.nan)
    spoken = np.array([statistics["speech_frames"].any() for statistics in enrolled], bool)
    if attempt.speech.any() and spoken.any():
        raw[spoken] = _of_speech(scorer, list(compress(enrolled, spoken)), attempt)
    return raw


def calibrated(calibration: Calibration, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Ratios (M,) and allowances (M,) of `raw_scores`; 0, no evidence, where there was no speech.

    The raw scores may be those of a scorer with more networks, whose names begin alike.
    """
    spoken = ~np.isnan(raw).all(axis=1)
    inputs = raw[spoken, : len(calibration.weights)]
    llrs, allowances = np.zeros((2, len(raw)))
    llrs[spoken], allowances[spoken] = calibration.llr(inputs), calibration.allowance(inputs)
    return llrs, allowances


def _of_speech(scorer: FusionScorer, enrolled: Enrolled, attempt: Attempt) -> FloatArray:
    scores = {"frames": _frame_scores(scorer, enrolled, attempt)}
    for name, ivector_plda in scorer.background.ivectors.items():
        scores[name] = _ivector_scores(name, ivector_plda, enrolled, attempt)
    for name, network in scorer.networks.items():
        places = np.stack([network.embedding(statistics) for statistics in enrolled])
        scores |= network.cosines(places, attempt.embeddings[name], N_NEAREST)
    of_each = [conditions(statistics, attempt) for statistics in enrolled]
    scores |= {name: np.array([one[name] for one in of_each]) for name in CONDITIONS}
    return np.stack([scores[name] for name in scorer.raw_names], axis=1)


def _frame_scores(scorer: FusionScorer, enrolled: Enrolled, attempt: Attempt) -> FloatArray:
    """(M,) mean frame ratio of the speech frames."""
    vectors = attempt.vectors[attempt.speech]
    background = attempt.background[attempt.speech]
    return np.array(
        [
            (scorer.mixture(statistics).log_likelihoods(vectors) - background).mean()
            for statistics in enrolled
        ]
    )


def _ivector_scores(
    name: str, ivector_plda: IvectorPlda, enrolled: Enrolled, attempt: Attempt
) -> FloatArray:
    """(M,) normalised pairwise scores of one stream's i-vectors."""
    weighted = [emphasised_sums(statistics, name, attempt.digits) for statistics in enrolled]
    zeroth, linear = (np.stack(parts) for parts in zip(*weighted, strict=True))
    plda, tested = ivector_plda.plda, attempt.embeddings[name][None]
    ivectors = plda.projected(ivector_plda.total_variability.ivectors(zeroth, linear))
    own = plda.llrs(plda.prepared(ivectors), tested)
    cohort = plda.llrs(ivector_plda.prepared_cohort, tested)
    return adaptive_t_norm(own, cohort, N_NEAREST)[:, 0]
