"""The figures of one system, as the evaluation's JSON holds them."""

from collections.abc import Mapping
from typing import TypedDict

import numpy as np

from cepstra.evaluation import metrics
from cepstra.evaluation.bootstrap import Metric, speaker_intervals
from cepstra.evaluation.runner import TrialScores
from cepstra.gmm.operating_point import share_interval

Interval = tuple[float, float]


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


SCORE, MARGIN = 0, 1  # columns: of a trial, and by how much it passes the trial's threshold
RATES: Mapping[str, Metric] = {
    "eer": lambda own, others: 100 * metrics.eer(own[:, SCORE], others[:, SCORE]),
    "min_dcf": lambda own, others: metrics.min_dcf(own[:, SCORE], others[:, SCORE]),
    "frr_at_far1": lambda own, others: 100 * metrics.frr_at_far(own[:, SCORE], others[:, SCORE]),
}
LLR_COST: Mapping[str, Metric] = {
    "cllr": lambda own, others: metrics.cllr(own[:, SCORE], others[:, SCORE])
}
SHIPPED_RATES: Mapping[str, Metric] = {
    "far": lambda own, others: 100 * metrics.far_frr(own[:, MARGIN], others[:, MARGIN])[0],
    "frr": lambda own, others: 100 * metrics.far_frr(own[:, MARGIN], others[:, MARGIN])[1],
}


def summarise(result: TrialScores) -> Summary:
    """Compute every figure of one system.

    Raises:
        ValueError: targets or impostors are missing, or a score is not finite.
    """
    columns = np.stack([result.scores, result.scores - result.thresholds], axis=1)
    own, others = columns[result.is_target], columns[~result.is_target]
    measured = dict(RATES)
    measured |= LLR_COST if result.scores_are_llrs else {}
    measured |= SHIPPED_RATES if result.threshold is not None else {}
    value = {name: metric(own, others) for name, metric in measured.items()}
    interval = speaker_intervals(measured, columns, result.is_target, result.models)
    for name, n_attempts in (("far", len(others)), ("frr", len(own))):
        if name in value:
            of_attempts = share_interval(round(value[name] / 100 * n_attempts), n_attempts)
            (low, high), (other_low, other_high) = interval[name], of_attempts
            interval[name] = min(low, 100 * other_low), max(high, 100 * other_high)
    return Summary(
        eer=value["eer"],
        eer_ci=interval["eer"],
        min_dcf=value["min_dcf"],
        min_dcf_ci=interval["min_dcf"],
        frr_at_far1=value["frr_at_far1"],
        frr_at_far1_ci=interval["frr_at_far1"],
        far=value.get("far"),
        far_ci=interval.get("far"),
        frr=value.get("frr"),
        frr_ci=interval.get("frr"),
        cllr=value.get("cllr"),
        cllr_ci=interval.get("cllr"),
        min_cllr=metrics.min_cllr(result.targets, result.impostors),
        threshold=result.threshold,
        n_trials=len(result.scores),
        n_targets=len(own),
    )
