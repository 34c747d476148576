"""Error rates of a verifier as pure functions of target and impostor scores.

A higher score means "more likely the model's own speaker"; a score >= threshold is accepted.
FAR is the share of impostors accepted, FRR the share of targets rejected, both 0 to 1.
Every function raises ValueError when either set is empty or holds a number that is not finite.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression
from scipy.special import logit

Array = NDArray[np.float64]


def det_points(target_scores: ArrayLike, impostor_scores: ArrayLike) -> tuple[Array, Array]:
    """FAR and FRR at every threshold that changes a decision.

    Args:
        target_scores: (n_targets,).
        impostor_scores: (n_impostors,).

    Returns:
        far (K,), falling from 1 to 0, and frr (K,), rising from 0 to 1. The thresholds are the
        distinct scores and one above them all, so tied scores are decided together.
    """
    targets, impostors = _scores(target_scores, impostor_scores)
    thresholds = np.unique(np.concatenate([targets, impostors]))
    rejected_targets = np.append(np.searchsorted(np.sort(targets), thresholds), len(targets))
    rejected = np.append(np.searchsorted(np.sort(impostors), thresholds), len(impostors))
    return 1 - rejected / len(impostors), rejected_targets / len(targets)


def eer(target_scores: ArrayLike, impostor_scores: ArrayLike) -> float:
    """Equal error rate, 0 to 1: where FAR and FRR meet on straight lines between DET points.

    It depends on the order of the scores only. Separable sets give 0, a single tied score for
    all gives 0.5. (The convex hull of the ROC would give a lower figure, that of a verifier
    which may toss a coin between two thresholds.)
    """
    far, frr = det_points(target_scores, impostor_scores)
    after = int(np.argmax(frr >= far))  # at index 0 FAR is 1 and FRR is 0, so after >= 1
    gap_before = far[after - 1] - frr[after - 1]
    gap_after = frr[after] - far[after]
    share = gap_before / (gap_before + gap_after)
    return float(frr[after - 1] + share * (frr[after] - frr[after - 1]))


def min_dcf(target_scores: ArrayLike, impostor_scores: ArrayLike, p_target: float = 0.01) -> float:
    """Lowest normalised detection cost over all thresholds, unit costs, 0 to 1.

    DCF = (p_target FRR + (1 - p_target) FAR) / min(p_target, 1 - p_target); 1 is the cost of
    deciding without listening. Source: NIST SRE 2016 evaluation plan, section 3.1.

    Raises:
        ValueError: p_target is not strictly between 0 and 1.
    """
    if not 0 < p_target < 1:
        raise ValueError(f"p_target: expected a number between 0 and 1, got {p_target}")
    far, frr = det_points(target_scores, impostor_scores)
    cost = p_target * frr + (1 - p_target) * far
    return float(cost.min() / min(p_target, 1 - p_target))


def frr_at_far(target_scores: ArrayLike, impostor_scores: ArrayLike, far: float = 0.01) -> float:
    """Lowest FRR, 0 to 1, among the thresholds whose FAR is at most `far`."""
    far_points, frr_points = det_points(target_scores, impostor_scores)
    return float(frr_points[far_points <= far].min())


def far_frr(
    target_scores: ArrayLike, impostor_scores: ArrayLike, threshold: float = 0.0
) -> tuple[float, float]:
    """FAR and FRR, 0 to 1, when exactly the scores >= threshold are accepted."""
    targets, impostors = _scores(target_scores, impostor_scores)
    return float(np.mean(impostors >= threshold)), float(np.mean(targets < threshold))


def cllr(target_llrs: ArrayLike, impostor_llrs: ArrayLike) -> float:
    """Cost of natural log-likelihood ratios in bits; 1 for a verifier that always says 0.

    Source: Brummer and du Preez, "Application-independent evaluation of speaker detection",
    Computer Speech and Language 20, 2006, equation 22.
    """
    targets, impostors = _scores(target_llrs, impostor_llrs)
    bits = np.logaddexp(0, -targets).mean() + np.logaddexp(0, impostors).mean()
    return float(bits / (2 * np.log(2)))


def min_cllr(target_scores: ArrayLike, impostor_scores: ArrayLike) -> float:
    """Cllr after the best rising calibration, found by pool adjacent violators, in bits.

    What remains is discrimination; cllr - min_cllr is the loss through calibration. Any scores
    will do, not only log-likelihood ratios. Source: as `cllr`, section 6.
    """
    targets, impostors = _scores(target_scores, impostor_scores)
    values, group = np.unique(np.concatenate([targets, impostors]), return_inverse=True)
    n_targets = np.bincount(group[: len(targets)], minlength=len(values))
    n_impostors = np.bincount(group[len(targets) :], minlength=len(values))
    n_trials = n_targets + n_impostors
    posterior = isotonic_regression(n_targets / n_trials, weights=n_trials).x
    with np.errstate(divide="ignore"):
        llr = logit(np.clip(posterior, 0, 1)) - np.log(len(targets) / len(impostors))
    # A group without targets may have llr -inf, so only groups with members are summed.
    has_target, has_impostor = n_targets > 0, n_impostors > 0
    target_cost = np.logaddexp(0, -llr[has_target]) @ n_targets[has_target] / len(targets)
    impostor_cost = np.logaddexp(0, llr[has_impostor]) @ n_impostors[has_impostor] / len(impostors)
    return float((target_cost + impostor_cost) / (2 * np.log(2)))


def _scores(target_scores: ArrayLike, impostor_scores: ArrayLike) -> tuple[Array, Array]:
    targets = np.asarray(target_scores, dtype=np.float64)
    impostors = np.asarray(impostor_scores, dtype=np.float64)
    for name, scores in (("target", targets), ("impostor", impostors)):
        if scores.ndim != 1 or not len(scores):
            raise ValueError(f"{name} scores: expected shape (n,) with n >= 1, got {scores.shape}")
        if not np.isfinite(scores).all():
            raise ValueError(f"{name} scores: expected finite numbers")
    return targets, impostors
