"""What enrolment would cost if every take meant fitting a mixture to all frames anew."""

from __future__ import annotations

import time
import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

SIZES = {"5 full Gaussians": (5, "full"), "256 diagonal Gaussians": (256, "diag")}


def refit_seconds(frames: NDArray[np.float64]) -> dict[str, float]:
    """Return the seconds that fitting a mixture of each of `SIZES` to frames (T, D) takes."""
    seconds = {}
    for label, (n_components, covariance) in SIZES.items():
        mixture = GaussianMixture(
            n_components, covariance_type=covariance, reg_covar=1e-3, random_state=0
        )
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            started = time.perf_counter()
            mixture.fit(frames)
            seconds[label] = time.perf_counter() - started
    return seconds
