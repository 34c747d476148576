"""Expectation maximisation of the loadings of a total variability subspace, step by step.

The sums of a step are taken over batches of sessions, wherever those lie.
Source: Kenny, Boulianne and Dumouchel, "Eigenvoice Modeling With Sparse Training Data", 2005.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.statistics import Additive
from cepstra.gmm.ubm import DiagonalMixture

FloatArray = NDArray[Any]

START_RELEVANCE = 4.0
START_SHARE = 0.3
RIDGE = 1e-3


@dataclass(frozen=True)
class SessionBatch:
    """Statistics of S sessions, centred on a mixture of K components over D dimensions.

    Attributes:
        zeroth: (S, K) float32.
        first: (S, K D) float32, in units of the mixture's standard deviations.
    """

    zeroth: FloatArray
    first: FloatArray


@dataclass(frozen=True)
class LoadingSums(Additive):
    """What sessions say of the loadings of R factors; sums of several batches add.

    Attributes:
        n_sessions: how many.
        second: (K, R R) second moments of the ivectors, weighted by zeroth statistics.
        cross: (K D, R) products of first statistics and ivectors.
        moments: (R, R) second moments of the ivectors, float64.
    """

    n_sessions: int
    second: FloatArray
    cross: FloatArray
    moments: FloatArray


def centred(mixture: DiagonalMixture, zeroth: FloatArray, first: FloatArray) -> SessionBatch:
    """A batch of the statistics (S, K) and (S, K, D) of sessions."""
    zeroth = zeroth.astype(np.float32)
    deviations = np.sqrt(mixture.variances)
    scaled = ((first - zeroth[:, :, None] * mixture.means) / deviations).astype(np.float32)
    return SessionBatch(zeroth, scaled.reshape(len(scaled), -1))


def random_basis(n_rows: int, n_factors: int, seed: int) -> FloatArray:
    """(K D, R) random directions, from which a range finder starts."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n_rows, n_factors)).astype(np.float32)


def range_sums(batch: SessionBatch, basis: FloatArray) -> FloatArray:
    """(K D, R) a batch's part of one step of the randomised range finder."""
    scaled = _shrunk(batch)
    return scaled.T @ (scaled @ basis)


def range_rows(batch: SessionBatch, basis: FloatArray) -> FloatArray:
    """(S, R) a batch's sessions in an orthonormal basis (K D, R)."""
    return _shrunk(batch) @ basis


def principal_start(basis: FloatArray, rows: FloatArray) -> FloatArray:
    """(K D, R) scaled principal directions, from the sessions' rows (S, R) in a basis."""
    _, strengths, turned = np.linalg.svd(rows, full_matrices=False)
    return START_SHARE * (basis @ turned.T) * (strengths / np.sqrt(len(rows)))


def expectation(batch: SessionBatch, loadings: FloatArray) -> LoadingSums:
    """The sums of a batch under loadings (K D, R)."""
    n_components, n_factors = batch.zeroth.shape[1], loadings.shape[1]
    cubes = loadings.reshape(n_components, -1, n_factors)
    products = np.matmul(cubes.transpose(0, 2, 1), cubes).reshape(n_components, -1)
    ivectors, moments = _ivectors(batch.zeroth @ products, batch.first @ loadings)
    return LoadingSums(
        len(ivectors),
        batch.zeroth.T @ moments.reshape(len(moments), -1),
        batch.first.T @ ivectors,
        moments.sum(axis=0).astype(np.float64),
    )


def maximisation(sums: LoadingSums) -> FloatArray:
    """(K D, R) loadings of the sums, with minimum divergence."""
    n_components, n_factors = len(sums.second), sums.cross.shape[1]
    ridge = RIDGE * np.eye(n_factors, dtype=np.float32)
    fitted = np.linalg.solve(
        sums.second.reshape(-1, n_factors, n_factors) + ridge,
        sums.cross.reshape(n_components, -1, n_factors).transpose(0, 2, 1),
    ).transpose(0, 2, 1)
    whitening = np.linalg.cholesky(sums.moments / sums.n_sessions).astype(np.float32)
    return fitted.reshape(-1, n_factors) @ whitening


def _shrunk(batch: SessionBatch) -> FloatArray:
    weights = np.sqrt(batch.zeroth + START_RELEVANCE)
    cubes = batch.first.reshape(*batch.zeroth.shape, -1) / weights[:, :, None]
    return cubes.reshape(len(cubes), -1)


def _ivectors(weighted: FloatArray, projected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Posterior means (S, R) and second moments (S, R, R) of a batch of sessions."""
    n_factors = projected.shape[1]
    precisions = weighted.reshape(-1, n_factors, n_factors) + np.eye(n_factors, dtype=np.float32)
    covariances = np.linalg.inv(precisions)
    ivectors = np.einsum("sij,sj->si", covariances, projected)
    covariances += ivectors[:, :, None] * ivectors[:, None, :]
    return ivectors, covariances
