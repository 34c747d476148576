"""Fit a background mixture."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmm.ubm import DiagonalMixture

VARIANCE_FLOOR = 1e-2  # of the data's own variance


def fit_mixture(
    vectors: NDArray[Any],
    n_components: int,
    seed: int,
    max_vectors: int = 150_000,
    max_iterations: int = 15,
) -> DiagonalMixture:
    """Fit a diagonal mixture by expectation maximisation from a k-means start.

    The vectors are standardised for the fit, so that k-means and the variance floor treat all
    dimensions alike.

    Args:
        vectors: (T, D), T >= n_components.
        n_components: K.
        seed: of the start and of the choice of vectors.
        max_vectors: a random choice of so many is fitted when there are more.
        max_iterations: of expectation maximisation; the fit may stop before convergence.

    Returns:
        The mixture in float64.

    Raises:
        ValueError: there are fewer vectors than components.
    """
    if len(vectors) < n_components:
        raise ValueError(f"vectors: expected at least {n_components}, got {len(vectors)}")
    rng = np.random.default_rng(seed)
    chosen = vectors[np.sort(rng.permutation(len(vectors))[:max_vectors])].astype(np.float64)
    centre = chosen.mean(axis=0)
    scale = np.maximum(chosen.std(axis=0), 1e-6)
    estimator = GaussianMixture(
        n_components=n_components,
        covariance_type="diag",
        reg_covar=VARIANCE_FLOOR,
        max_iter=max_iterations,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit((chosen - centre) / scale)
    return DiagonalMixture(
        estimator.weights_,
        centre + scale * estimator.means_,
        scale**2 * estimator.covariances_,
    )
