"""The figures of one system, as the evaluation's JSON holds them."""

from collections.abc import Mapping
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation import metrics
from cepstra.evaluation.bootstrap import Metric, share_interval, speaker_intervals
from cepstra.evaluation.runner import TrialScores

Interval = tuple[float, float]
Rate = tuple[float, Interval]


class Summary(TypedDict):
    """Error rates in percent; min_dcf, cllr and min_cllr are costs.

    Each `_ci` is a 95% bootstrap interval over speakers, those of far and frr where it is wider one
    over attempts: without an error the former is 0 to 0. cllr is None for a system whose scores
    are not log-likelihood ratios; threshold, far and frr for one that has no threshold.
    """

    eer: float
    eer_ci: Interval
    min_dcf: float
    min_dcf_ci: Interval
    frr_at_far1: float
    frr_at_far1_ci: Interval
    far: float | None
    far_ci: Interval | None
    frr: float | None
    frr_ci: Interval | None
    cllr: float | None
    cllr_ci: Interval | None
    min_cllr: float
    threshold: float | None
    n_trials: int
    n_targets: int


RATES: Mapping[str, Metric] = {
    "eer": lambda targets, impostors: 100 * metrics.eer(targets, impostors),
    "min_dcf": metrics.min_dcf,
    "frr_at_far1": lambda targets, impostors: 100 * metrics.frr_at_far(targets, impostors),
}


def summarise(result: TrialScores, n_resamples: int = 500) -> Summary:
    """Compute every figure of one system.

    Args:
        result: the scores of all trials.
        n_resamples: bootstrap draws for each interval.

    Raises:
        ValueError: targets or impostors are missing, or a score is not finite.
    """
    targets, impostors = result.targets, result.impostors
    measured = {**RATES, "cllr": metrics.cllr} if result.scores_are_llrs else dict(RATES)
    value = {name: metric(targets, impostors) for name, metric in measured.items()}
    interval = speaker_intervals(
        measured, result.scores, result.is_target, result.models, n_resamples
    )
    far, frr = _far_frr(result, n_resamples)
    return Summary(
        eer=value["eer"],
        eer_ci=interval["eer"],
        min_dcf=value["min_dcf"],
        min_dcf_ci=interval["min_dcf"],
        frr_at_far1=value["frr_at_far1"],
        frr_at_far1_ci=interval["frr_at_far1"],
        far=far and far[0],
        far_ci=far and far[1],
        frr=frr and frr[0],
        frr_ci=frr and frr[1],
        cllr=value.get("cllr"),
        cllr_ci=interval.get("cllr"),
        min_cllr=metrics.min_cllr(targets, impostors),
        threshold=result.threshold,
        n_trials=len(result.scores),
        n_targets=len(targets),
    )


def _far_frr(result: TrialScores, n_resamples: int) -> tuple[Rate | None, Rate | None]:
    """In percent, at the system's own thresholds."""
    if result.threshold is None:
        return None, None
    margins = result.scores - result.thresholds
    shares: dict[str, Metric] = {
        "far": lambda own, others: metrics.far_frr_at_threshold(own, others, 0.0)[0],
        "frr": lambda own, others: metrics.far_frr_at_threshold(own, others, 0.0)[1],
    }
    of_speakers = speaker_intervals(shares, margins, result.is_target, result.models, n_resamples)
    own, others = margins[result.is_target], margins[~result.is_target]

    def rate(name: str, among: NDArray[np.float64]) -> Rate:
        share = shares[name](own, others)
        of_attempts = share_interval(round(share * len(among)), len(among))
        low, high = zip(of_speakers[name], of_attempts, strict=True)
        return 100 * share, (100 * min(low), 100 * max(high))

    return rate("far", others), rate("frr", own)
