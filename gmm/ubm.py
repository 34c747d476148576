"""Background mixture of diagonal Gaussians: likelihoods, statistics, MAP adaptation.

Source: Reynolds, Quatieri and Dunn, "Speaker Verification Using Adapted Gaussian Mixture
Models", 2000.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[Any]


class DiagonalMixture:
    """K diagonal Gaussians over D dimensions; computes in the dtype of its means."""

    def __init__(self, weights: FloatArray, means: FloatArray, variances: FloatArray) -> None:
        """Keep the parameters and the products that scoring needs.

        Args:
            weights: (K,), positive, sum to 1.
            means: (K, D).
            variances: (K, D), positive.

        Raises:
            ValueError: the shapes do not agree or a variance is not positive.
        """
        if means.shape != variances.shape or weights.shape != means.shape[:1]:
            raise ValueError(
                f"expected weights (K,), means and variances (K, D); got {weights.shape}, "
                f"{means.shape}, {variances.shape}"
            )
        if not (variances > 0).all():
            raise ValueError("variances: expected positive numbers")
        self.weights, self.means, self.variances = weights, means, variances
        self._scaled_means = (means / variances).T
        self._half_precisions = (-0.5 / variances).T
        self._log_norms = np.log(weights) - 0.5 * (
            np.log(2 * np.pi * variances) + means**2 / variances
        ).sum(axis=1)

    @property
    def n_components(self) -> int:
        """K."""
        return len(self.weights)

    def joint_log_densities(self, vectors: FloatArray) -> FloatArray:
        """(T, K) ln(weight x density) of vectors (T, D)."""
        vectors = vectors.astype(self.means.dtype, copy=False)
        result: FloatArray = vectors @ self._scaled_means
        result += (vectors * vectors) @ self._half_precisions
        result += self._log_norms
        return result

    def log_likelihoods(self, vectors: FloatArray) -> FloatArray:
        """(T,) natural log-likelihoods of vectors (T, D)."""
        return _exponentiate(self.joint_log_densities(vectors))[1]

    def posteriors(self, vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Component posteriors (T, K) and log-likelihoods (T,) of vectors (T, D)."""
        posteriors = self.joint_log_densities(vectors)
        total, log_likelihoods = _exponentiate(posteriors)
        posteriors /= total
        return posteriors, log_likelihoods

    def statistics(self, vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Zeroth (K,) and first order (K, D) statistics of vectors (T, D), in float64.

        They are sums over frames, so statistics of several takes add, and a take's are
        subtracted to forget it.
        """
        return baum_welch_statistics(self.posteriors(vectors)[0], vectors)

    def adapted(
        self, zeroth: FloatArray, first: FloatArray, relevance_factor: float
    ) -> DiagonalMixture:
        """Move the means towards a speaker's statistics.

        A mean becomes (first + r mean) / (zeroth + r): the maximum a posteriori mean under a
        prior worth r frames. Without frames the result is this mixture.

        Args:
            zeroth: (K,) zeroth order statistics.
            first: (K, D) first order statistics.
            relevance_factor: r, positive, in frames.
        """
        means = (first + relevance_factor * self.means) / (zeroth[:, None] + relevance_factor)
        return DiagonalMixture(self.weights, means.astype(self.means.dtype), self.variances)


def baum_welch_statistics(
    posteriors: FloatArray, vectors: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Zeroth (K,) and first order (K, D) statistics, in float64, of posteriors (T, K)."""
    exact = posteriors.astype(np.float64)
    return exact.sum(axis=0), exact.T @ vectors.astype(np.float64)


def frame_llrs(
    speaker: DiagonalMixture, background: DiagonalMixture, vectors: FloatArray
) -> FloatArray:
    """(T,) ln p(vector | speaker) - ln p(vector | background) of vectors (T, D)."""
    return speaker.log_likelihoods(vectors) - background.log_likelihoods(vectors)


def _exponentiate(joint: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sums over components (T, 1) and their logarithms (T,) of joint log densities (T, K).

    The densities are overwritten with their exponentials, scaled like the sums.
    """
    peak = joint.max(axis=1, keepdims=True)
    joint -= peak
    np.exp(joint, out=joint)
    total = joint.sum(axis=1, keepdims=True)
    return total, (np.log(total) + peak)[:, 0]
