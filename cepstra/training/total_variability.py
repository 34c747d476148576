"""Fit the loadings of a subspace to statistics that lie in batches, perhaps on many machines."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import total_variability_training
from cepstra.gmm.total_variability_training import SessionBatch
from cepstra.jobs.engine import Parts

FloatArray = NDArray[Any]

RANGE_STEPS = 2
N_ITERATIONS = 4


def fit_loadings(
    batches: Parts, n_factors: int, seed: int, n_iterations: int = N_ITERATIONS
) -> FloatArray:
    """Fit by expectation maximisation from principal directions, with minimum divergence.

    Args:
        batches: parts are `SessionBatch`, of a mixture of K components over D dimensions.
        n_factors: R, at most the number of sessions.
        seed: of the random start of the principal directions.
        n_iterations: of expectation maximisation.

    Returns:
        (K, D, R) loadings in units of the mixture's standard deviations, float32.
    """
    n_components, n_rows = next(iter(batches.apply(_shape)))
    basis = total_variability_training.random_basis(n_rows, n_factors, seed)
    for _ in range(RANGE_STEPS):
        basis, _ = np.linalg.qr(batches.total(total_variability_training.range_sums, basis))
    rows = np.concatenate(list(batches.apply(total_variability_training.range_rows, basis)))
    loadings = total_variability_training.principal_start(basis, rows)
    for _ in range(n_iterations):
        sums = batches.total(total_variability_training.expectation, loadings)
        loadings = total_variability_training.maximisation(sums)
    return loadings.reshape(n_components, -1, n_factors)


def _shape(batch: SessionBatch) -> tuple[int, int]:
    return batch.zeroth.shape[1], batch.first.shape[1]
