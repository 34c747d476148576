"""Fit the loadings of a total variability subspace.

Source: Kenny, Boulianne and Dumouchel, "Eigenvoice Modeling With Sparse Training Data", 2005.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm.ubm import DiagonalMixture

FloatArray = NDArray[Any]

START_RELEVANCE = 4.0
START_SHARE = 0.3
RIDGE = 1e-3
BATCH_SESSIONS = 200  # keeps the moments of a batch in memory that is used again


def fit_loadings(
    mixture: DiagonalMixture,
    zeroth: FloatArray,
    first: FloatArray,
    n_factors: int,
    seed: int,
    n_iterations: int = 4,
) -> FloatArray:
    """Fit by expectation maximisation from principal directions, with minimum divergence.

    Args:
        mixture: the background mixture of K components over D dimensions.
        zeroth: (S, K) statistics of S sessions.
        first: (S, K, D) statistics.
        n_factors: R, at most S.
        seed: of the random start of the principal directions.
        n_iterations: of expectation maximisation.

    Returns:
        (K, D, R) loadings in units of the mixture's standard deviations, float32.
    """
    n_sessions, n_components, n_dims = first.shape
    zeroth = zeroth.astype(np.float32)
    deviations = np.sqrt(mixture.variances)
    centred = ((first - zeroth[:, :, None] * mixture.means) / deviations).astype(np.float32)
    flat = centred.reshape(n_sessions, -1)
    loadings = _principal_start(zeroth, centred, n_factors, seed)
    for _ in range(n_iterations):
        loadings = _iteration(zeroth, flat, loadings.reshape(n_components, n_dims, -1))
    return loadings.reshape(n_components, n_dims, n_factors)


def _principal_start(
    zeroth: FloatArray, centred: FloatArray, n_factors: int, seed: int
) -> FloatArray:
    """(K D, R) scaled principal directions, by a randomised range finder."""
    scaled = centred / np.sqrt(zeroth + START_RELEVANCE)[:, :, None]
    scaled = scaled.reshape(len(scaled), -1)
    rng = np.random.default_rng(seed)
    basis = rng.standard_normal((scaled.shape[1], n_factors)).astype(np.float32)
    for _ in range(2):
        basis, _ = np.linalg.qr(scaled.T @ (scaled @ basis))
    _, strengths, turned = np.linalg.svd(scaled @ basis, full_matrices=False)
    result: FloatArray = START_SHARE * (basis @ turned.T) * (strengths / np.sqrt(len(scaled)))
    return result


def _iteration(zeroth: FloatArray, flat: FloatArray, loadings: FloatArray) -> FloatArray:
    """One expectation and maximisation step; returns (K D, R)."""
    n_components, n_dims, n_factors = loadings.shape
    products = np.matmul(loadings.transpose(0, 2, 1), loadings).reshape(n_components, -1)
    projected = flat @ loadings.reshape(-1, n_factors)
    second = np.zeros((n_components, n_factors * n_factors), np.float32)
    cross = np.zeros((flat.shape[1], n_factors), np.float32)
    total = np.zeros((n_factors, n_factors))
    for start in range(0, len(flat), BATCH_SESSIONS):
        batch = slice(start, start + BATCH_SESSIONS)
        points, moments = _expectation(zeroth[batch] @ products, projected[batch])
        second += zeroth[batch].T @ moments.reshape(len(moments), -1)
        cross += flat[batch].T @ points
        total += moments.sum(axis=0)
    ridge = RIDGE * np.eye(n_factors, dtype=np.float32)
    fitted = np.linalg.solve(
        second.reshape(-1, n_factors, n_factors) + ridge,
        cross.reshape(n_components, n_dims, n_factors).transpose(0, 2, 1),
    ).transpose(0, 2, 1)
    whitening = np.linalg.cholesky(total / len(flat)).astype(np.float32)
    result: FloatArray = fitted.reshape(-1, n_factors) @ whitening
    return result


def _expectation(weighted: FloatArray, projected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Posterior means (S, R) and second moments (S, R, R) of a batch of sessions."""
    n_factors = projected.shape[1]
    precisions = weighted.reshape(-1, n_factors, n_factors) + np.eye(n_factors, dtype=np.float32)
    covariances = np.linalg.inv(precisions)
    points = np.einsum("sij,sj->si", covariances, projected)
    covariances += points[:, :, None] * points[:, None, :]
    return points, covariances
