"""Fit a calibration on trials of speakers that no model has seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from cepstra.gmm.calibration import Calibration, impostor_table

FloatArray = NDArray[Any]

RATES = np.array([0.5, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.003, 0.002, 0.001])
ALLOWANCE_RATE = 0.01  # where impostors are to be as many in all conditions
INVERSE_PENALTY = 10.0
FITTED_PERCENTILES = (1.0, 99.0)
SOFTNESS = 0.05  # of the deviation: how rounded the corner of the quantile's loss is


def fit_calibration(
    inputs: FloatArray,
    targets: FloatArray,
    weights: FloatArray,
    sources: FloatArray | None = None,
    is_evidence: NDArray[np.bool_] | None = None,
    is_condition: NDArray[np.bool_] | None = None,
) -> Calibration:
    """Fit the ratio by logistic regression; each source has its own intercept, the mean is kept.

    Args:
        inputs: (N, Q) raw scores and conditions.
        targets: (N,) whether the trial's speakers are the same.
        weights: (N,) non-negative weight of each trial.
        sources: (N,) label of each trial's corpus; one for all when omitted.
        is_evidence: (Q,) which inputs move the ratio; all when omitted.
        is_condition: (Q,) which inputs move the threshold; none when omitted.

    Raises:
        ValueError: targets or impostors are missing.
    """
    targets = targets.astype(bool)
    if targets.all() or not targets.any():
        raise ValueError("targets: expected both target and impostor trials")
    n_inputs = inputs.shape[1]
    evidence = np.ones(n_inputs, dtype=bool) if is_evidence is None else is_evidence
    condition = np.zeros(n_inputs, dtype=bool) if is_condition is None else is_condition
    bounds = np.percentile(inputs, FITTED_PERCENTILES, axis=0)
    lowest, highest = np.where(condition, bounds, np.array([[-np.inf], [np.inf]]))
    fitted = np.clip(inputs, lowest, highest)
    slopes = np.zeros((2, n_inputs))
    slopes[0, evidence], bias, llrs = _ratio(fitted[:, evidence], targets, weights, sources)
    conditions = fitted[~targets][:, condition]
    slopes[1, condition], centre = _allowance(llrs[~targets], conditions, weights[~targets])
    allowances = (conditions - centre) @ slopes[1, condition]
    table = impostor_table(llrs[~targets] - allowances, weights[~targets], RATES)
    offset = -float(centre @ slopes[1, condition])
    return Calibration(slopes[0], bias, RATES, table, slopes[1], offset, lowest, highest)


def _ratio(
    inputs: FloatArray, targets: FloatArray, weights: FloatArray, sources: FloatArray | None
) -> tuple[FloatArray, float, FloatArray]:
    """Slopes and constant of the logarithmic ratio, and the ratios (N,) of all trials."""
    centre, scale = inputs.mean(axis=0), inputs.std(axis=0)
    scale[scale <= 1e-9 * (1 + np.abs(centre))] = np.inf  # a constant input gets no weight
    labels = np.zeros(len(inputs)) if sources is None else sources
    indicators = (labels[:, None] == np.unique(labels)[1:]).astype(float)
    regression = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000)
    regression.fit(
        np.hstack([(inputs - centre) / scale, indicators]),
        targets,
        sample_weight=_balanced(weights, targets),
    )
    n_inputs = inputs.shape[1]
    slope, extra = regression.coef_[0, :n_inputs] / scale, regression.coef_[0, n_inputs:]
    intercept = float(regression.intercept_[0] - centre @ slope)
    bias = intercept + float(extra.sum()) / (len(extra) + 1)
    return slope, bias, inputs @ slope + bias


def _allowance(
    llrs: FloatArray, conditions: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Slopes (C,) of the ratio that a share of impostors reaches, and the conditions' mean (C,).

    Quantile regression with a rounded corner. Source: Koenker and Bassett, "Regression Quantiles",
    1978.
    """
    centre = np.average(conditions, axis=0, weights=weights)
    scale = conditions.std(axis=0)
    scale[scale == 0] = np.inf
    design = np.hstack([np.ones((len(llrs), 1)), (conditions - centre) / scale])
    quantile, softness = 1 - ALLOWANCE_RATE, SOFTNESS * float(llrs.std()) + 1e-9
    share = weights / weights.sum()

    def loss(coefficients: FloatArray) -> tuple[float, FloatArray]:
        left = llrs - design @ coefficients
        below = 1 / (1 + np.exp(np.clip(left / softness, -500, 500)))
        value = share @ (quantile * left + softness * np.logaddexp(0, -left / softness))
        return float(value), -design.T @ (share * (quantile - below))

    start = np.zeros(design.shape[1])
    start[0] = np.quantile(llrs, quantile)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return found[1:] / scale, centre


def _balanced(weights: FloatArray, targets: FloatArray) -> FloatArray:
    """(N,) weights of mean one, of which targets and impostors have half each."""
    shares = np.where(targets, weights / weights[targets].sum(), weights / weights[~targets].sum())
    return np.asarray(shares / shares.mean())
