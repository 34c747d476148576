"""The classic system's mixture: full covariances, one per speaker, fitted to its frames alone."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAMES_PER_COMPONENT = 10
COVARIANCE_FLOOR = 1e-3  # of each coefficient's own variance
RELATIVE_SCALE_FLOOR = 1e-3  # of the most lively coefficient's deviation


@dataclass(frozen=True)
class Mixture:
    """A fitted mixture of K Gaussians over D coefficients.

    Attributes:
        weights: (K,), sum to 1.
        means: (K, D).
        precisions_cholesky: (K, D, D), upper triangular P with P @ P.T the inverse covariance.
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    precisions_cholesky: NDArray[np.float64]


def fit(frames: NDArray[np.float64], n_components: int = 5, seed: int = 0) -> Mixture:
    """Fit a mixture that exists for every finite input, however short or constant.

    The frames are standardised first, so that one covariance floor suits every front end;
    short inputs get fewer components (one per ten frames).

    Args:
        frames: (T, D), T >= 1, finite.
        n_components: the most components to use.
        seed: of the k-means start.

    Raises:
        ValueError: frames is not a two-dimensional array with at least one row.
    """
    # Imported late: it would double a worker's start. One thread: several wait for each other.
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    if frames.ndim != 2 or not len(frames):
        raise ValueError(f"frames: expected shape (T, D) with T >= 1, got {frames.shape}")
    centre, scale = frames.mean(axis=0), _scale(frames)
    standard = (frames - centre) / scale
    if len(standard) < 2:
        standard = np.repeat(standard, 2, axis=0)
    estimator = GaussianMixture(
        n_components=min(n_components, max(1, len(frames) // FRAMES_PER_COMPONENT)),
        covariance_type="full",
        reg_covar=COVARIANCE_FLOOR,
        max_iter=200,
        random_state=seed,
    )
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(standard)
    return Mixture(
        weights=estimator.weights_,
        means=centre + scale * estimator.means_,
        precisions_cholesky=estimator.precisions_cholesky_ / scale[:, None],
    )


def log_likelihoods(mixture: Mixture, frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the natural log-likelihood of each frame, (T,), for frames (T, D).

    Source: Bishop, "Pattern Recognition and Machine Learning", 2006, equations 9.7 and 2.43.
    """
    _, n_dims, _ = mixture.precisions_cholesky.shape
    offsets = np.einsum("kd,kde->ke", mixture.means, mixture.precisions_cholesky)
    projected = np.tensordot(frames, mixture.precisions_cholesky, axes=(1, 1)) - offsets
    half_log_det = np.log(np.diagonal(mixture.precisions_cholesky, axis1=1, axis2=2)).sum(axis=1)
    joint = np.log(mixture.weights) + half_log_det
    joint = joint - 0.5 * (n_dims * np.log(2 * np.pi) + np.square(projected).sum(axis=2))
    peak = joint.max(axis=1)
    return np.asarray(peak + np.log(np.exp(joint - peak[:, None]).sum(axis=1)))


def _scale(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = frames.std(axis=0)
    liveliest = deviation.max()
    if liveliest <= np.finfo(np.float64).eps * max(1.0, float(np.abs(frames).max())):
        return np.ones_like(deviation)
    return np.asarray(np.maximum(deviation, RELATIVE_SCALE_FLOOR * liveliest))
