"""Fit a calibration on trials of speakers that no model has seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from cepstra.gmm.calibration import Calibration, impostor_table

FloatArray = NDArray[Any]

RATES = np.array([0.5, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.003, 0.002, 0.001])
INVERSE_PENALTY = 10.0


def fit_calibration(
    inputs: FloatArray,
    targets: FloatArray,
    weights: FloatArray,
    sources: FloatArray | None = None,
) -> Calibration:
    """Fit by logistic regression, targets and impostors counting half each.

    Voices of one corpus may resemble one another more than those of the next. Each source
    gets an intercept of its own while the slopes are fitted; the calibration keeps the mean.

    Args:
        inputs: (N, Q) raw scores.
        targets: (N,) whether the trial's speakers are the same.
        weights: (N,) non-negative weight of each trial.
        sources: (N,) label of each trial's corpus; one for all when omitted.

    Raises:
        ValueError: targets or impostors are missing.
    """
    targets = targets.astype(bool)
    if targets.all() or not targets.any():
        raise ValueError("targets: expected both target and impostor trials")
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
    llrs = inputs @ slope + intercept + indicators @ extra
    table = impostor_table(llrs[~targets], weights[~targets], RATES)
    return Calibration(slope, bias, RATES, table)


def _balanced(weights: FloatArray, targets: FloatArray) -> FloatArray:
    """(N,) weights of mean one, of which targets and impostors have half each."""
    shares = np.where(targets, weights / weights[targets].sum(), weights / weights[~targets].sum())
    return np.asarray(shares / shares.mean())
