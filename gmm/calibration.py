"""From raw scores to a log-likelihood ratio, and from that to a probability and a threshold.

Source: Brümmer and du Preez, "Application-independent evaluation of speaker detection", 2006.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[Any]


@dataclass(frozen=True)
class Calibration:
    """An affine map fitted by logistic regression on trials of held-out speakers.

    How high impostors score depends on the conditions: how much was enrolled, which bands the
    recording has. So a threshold has a part that is the same for all attempts and one that
    follows the conditions, the allowance.

    Attributes:
        weights: (Q,), one per input.
        bias: the constant.
        rates: (G,) false-accept rates, falling.
        rate_llrs: (G,) log-likelihood ratio, less its allowance, that the share `rates` of
            impostors reached.
        allowance_weights: (Q,), one per input, zero for scores.
        allowance_bias: the constant that makes the allowance of usual conditions zero.
        lowest: (Q,) and
        highest: (Q,) what a condition counts at least and at most: beyond what was fitted
            nothing is extrapolated; infinite for scores.
    """

    weights: FloatArray
    bias: float
    rates: FloatArray
    rate_llrs: FloatArray
    allowance_weights: FloatArray
    allowance_bias: float
    lowest: FloatArray
    highest: FloatArray

    @classmethod
    def none(cls, n_inputs: int) -> Calibration:
        """One that says nothing, for a scorer whose calibration is still to be fitted."""
        return cls.without_allowance(np.zeros(n_inputs), 0.0, np.array([0.5]), np.array([0.0]))

    @classmethod
    def without_allowance(
        cls, weights: FloatArray, bias: float, rates: FloatArray, rate_llrs: FloatArray
    ) -> Calibration:
        """One whose threshold is the same in all conditions."""
        nothing, boundless = np.zeros_like(weights), np.full_like(weights, np.inf)
        return cls(weights, bias, rates, rate_llrs, nothing, 0.0, -boundless, boundless)

    def of_first(self, n_inputs: int) -> Calibration:
        """The same for whoever has the first inputs alone; the others had better have no weight."""
        names = ("weights", "allowance_weights", "lowest", "highest")
        return replace(self, **{name: getattr(self, name)[:n_inputs] for name in names})

    def llr(self, inputs: FloatArray) -> FloatArray:
        """(...,) natural log-likelihood ratios of inputs (..., Q)."""
        fitted = np.clip(inputs, self.lowest, self.highest)
        return fitted @ self.weights + self.bias

    def allowance(self, inputs: FloatArray) -> FloatArray:
        """(...,) how far the threshold of these inputs (..., Q) lies above that of usual ones."""
        fitted = np.clip(inputs, self.lowest, self.highest)
        return fitted @ self.allowance_weights + self.allowance_bias

    def threshold(self, false_accept_rate: float) -> float:
        """The ratio at which the held-out impostors were accepted at this rate, less allowances.

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
    return llrs[order][position]
