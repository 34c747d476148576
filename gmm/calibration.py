"""From raw scores to a log-likelihood ratio, and from that to a probability and a threshold.

Source: Brümmer and du Preez, "Application-independent evaluation of speaker detection", 2006.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[Any]


@dataclass(frozen=True)
class Calibration:
    """An affine map fitted by logistic regression on trials of held-out speakers.

    Attributes:
        weights: (Q,), one per input.
        bias: the constant.
        rates: (G,) false-accept rates, falling.
        rate_llrs: (G,) log-likelihood ratio that the share `rates` of impostors reached.
    """

    weights: FloatArray
    bias: float
    rates: FloatArray
    rate_llrs: FloatArray

    @classmethod
    def none(cls, n_inputs: int) -> Calibration:
        """One that says nothing, for a verifier whose calibration is still to be fitted."""
        return cls(np.zeros(n_inputs), 0.0, np.array([0.5]), np.array([0.0]))

    def llr(self, inputs: FloatArray) -> FloatArray:
        """(...,) natural log-likelihood ratios of inputs (..., Q)."""
        result: FloatArray = inputs @ self.weights + self.bias
        return result

    def threshold(self, false_accept_rate: float) -> float:
        """The log-likelihood ratio at which the held-out impostors were accepted at this rate.

        Between the tabulated rates the logarithm of the rate is interpolated; outside them the
        nearest one holds.

        Raises:
            ValueError: the rate is not between 0 and 1.
        """
        if not 0 < false_accept_rate < 1:
            raise ValueError(f"false_accept_rate: expected 0 to 1, got {false_accept_rate}")
        falling = np.log(self.rates)
        return float(np.interp(-np.log(false_accept_rate), -falling, self.rate_llrs))


def probability(llr: float, prior: float = 0.5) -> float:
    """Probability of the same speaker, given a natural log-likelihood ratio and the prior.

    Raises:
        ValueError: the prior is not between 0 and 1.
    """
    if not 0 < prior < 1:
        raise ValueError(f"prior: expected 0 to 1, got {prior}")
    log_odds = llr + np.log(prior) - np.log1p(-prior)
    return float(0.5 * (1 + np.tanh(0.5 * log_odds)))


def impostor_table(llrs: FloatArray, weights: FloatArray, rates: FloatArray) -> FloatArray:
    """(G,) log-likelihood ratios that the given shares of impostor weight reach.

    Args:
        llrs: (N,) of impostor trials.
        weights: (N,) non-negative weight of each trial.
        rates: (G,) false-accept rates.
    """
    order = np.argsort(-llrs, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    position = np.minimum(np.searchsorted(share, rates), len(llrs) - 1)
    result: FloatArray = llrs[order][position]
    return result
