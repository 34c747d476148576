"""Total variability subspace: a mixture's shift as an i-vector, of few dimensions.

Source: Dehak, Kenny, Dehak, Dumouchel and Ouellet, "Front-End Factor Analysis for Speaker
Verification", 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dposv

from cepstra.gmm.ubm import DiagonalMixture

FloatArray = NDArray[Any]


class TotalVariability:
    """Shifts of K means of D dimensions that R factors explain."""

    def __init__(self, mixture: DiagonalMixture, loadings: FloatArray) -> None:
        """Keep the loadings and their products, one packed triangle per component.

        Args:
            mixture: the background mixture whose statistics are explained.
            loadings: (K, D, R) in units of the mixture's standard deviations.

        Raises:
            ValueError: the loadings do not fit the mixture.
        """
        if loadings.shape[:2] != mixture.means.shape:
            raise ValueError(
                f"loadings: expected {(*mixture.means.shape, 'R')}, got {loadings.shape}"
            )
        self.loadings = loadings
        self.n_factors = loadings.shape[2]
        self._means = mixture.means
        self._deviations = np.sqrt(mixture.variances)
        self._flat = loadings.reshape(-1, self.n_factors)
        rows, columns = np.tril_indices(self.n_factors)
        products = np.matmul(loadings.transpose(0, 2, 1), loadings)
        self._products = np.ascontiguousarray(products[:, rows, columns])
        self._unpacking = np.zeros((self.n_factors, self.n_factors), dtype=np.intp)
        self._unpacking[rows, columns] = self._unpacking[columns, rows] = np.arange(len(rows))

    def linear_statistic(self, zeroth: FloatArray, first: FloatArray) -> FloatArray:
        """(R,) projection of the centred first order statistics; additive like them.

        Args:
            zeroth: (K,) zeroth order statistics.
            first: (K, D) first order statistics.
        """
        centred = (first - zeroth[:, None] * self._means) / self._deviations
        return centred.ravel().astype(self._flat.dtype, copy=False) @ self._flat

    def ivector(self, zeroth: FloatArray, linear: FloatArray) -> FloatArray:
        """(R,) posterior mean of the factors given (K,) zeroth and (R,) linear statistics."""
        return self.ivectors(zeroth[None], linear[None])[0]

    def ivectors(self, zeroth: FloatArray, linear: FloatArray) -> FloatArray:
        """(M, R) i-vectors of M sets of statistics: (M, K) zeroth and (M, R) linear ones.

        Raises:
            ValueError: the zeroth statistics are not those of any frames.
        """
        packed = zeroth.astype(self._products.dtype, copy=False) @ self._products
        return np.stack([self._solved(*pair) for pair in zip(packed, linear, strict=True)])

    def _solved(self, packed: FloatArray, linear: FloatArray) -> FloatArray:
        """(R,) solution of one set's equations, whose matrix is positive definite."""
        precision = packed.astype(np.float64).take(self._unpacking)
        precision.flat[:: self.n_factors + 1] += 1.0
        _, solution, failed = dposv(precision.T, linear, lower=True, overwrite_a=True)
        if failed:
            raise ValueError("zeroth: expected statistics of frames, got negative counts")
        return solution
