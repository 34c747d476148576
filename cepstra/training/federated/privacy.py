"""What protected sums give away of one voice, over all rounds.

Source: Bun and Steinke, "Concentrated Differential Privacy: Simplifications, Extensions, and Lower
Bounds", 2016: propositions 1.3 (from rho to epsilon) and 1.6 (the Gaussian mechanism), lemma 1.7
(composition).
"""

from __future__ import annotations

import math


def epsilon(noise: float, n_rounds: int, delta: float) -> float:
    """Return epsilon of (epsilon, delta)-differential privacy of one voice of one site.

    Sums of which a voice changes at most `clip` in L2 norm, with Gaussian noise of a standard
    deviation of `noise` times `clip`, are (1 / (2 noise^2))-zCDP; rounds add.

    Args:
        noise: standard deviation in units of the clip, not negative; 0 protects nothing.
        n_rounds: how often sums are told.
        delta: between 0 and 1.

    Raises:
        ValueError: delta is not between 0 and 1, or noise is negative.
    """
    if not 0 < delta < 1 or noise < 0:
        raise ValueError(f"expected 0 < delta < 1 and noise >= 0, got {delta} and {noise}")
    if noise == 0:
        return math.inf
    rho = n_rounds / (2 * noise**2)
    return rho + 2 * math.sqrt(rho * math.log(1 / delta))
