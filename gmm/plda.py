"""Probabilistic linear discriminant analysis of subspace points: same speaker or two?

A point is a speaker's place plus a session's shift, both Gaussian. Points are centred, whitened
and scaled to unit length first, which makes them nearly so. Sources: Brümmer and de Villiers,
"The Speaker Partitioning Problem", 2010 (two-covariance model); Garcia-Romero and Espy-Wilson,
"Analysis of i-vector Length Normalization in Speaker Recognition Systems", 2011.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[Any]


@dataclass(frozen=True)
class PreparedPoints:
    """M enrolled points, ready to be scored.

    Attributes:
        own_terms: (M,) the part of a score that depends on the enrolled point alone.
        crossed: (M, L) what an attempt's point is multiplied with.
    """

    own_terms: FloatArray
    crossed: FloatArray


class Plda:
    """Scores pairs of R-dimensional points in a discriminant space of L dimensions."""

    def __init__(
        self,
        centre: FloatArray,
        whitening: FloatArray,
        discriminant: FloatArray,
        between: FloatArray,
        within: FloatArray,
    ) -> None:
        """Keep the projection and derive the two quadratic forms of the score.

        Args:
            centre: (R,) mean of the raw points.
            whitening: (R, R) applied after centring, before the scaling to unit length.
            discriminant: (R + 1, L) projection of the scaled points; the last row is added.
            between: (L, L) covariance of the speakers' places.
            within: (L, L) covariance of the sessions' shifts.

        Raises:
            ValueError: the shapes do not agree.
        """
        n_raw, n_space = len(centre), len(between)
        if whitening.shape != (n_raw, n_raw) or discriminant.shape != (n_raw + 1, n_space):
            raise ValueError(
                f"expected whitening ({n_raw}, {n_raw}) and discriminant ({n_raw + 1}, {n_space}),"
                f" got {whitening.shape} and {discriminant.shape}"
            )
        self.centre, self.whitening, self.discriminant = centre, whitening, discriminant
        self.between, self.within = between, within
        total = between + within
        total_inverse = np.linalg.inv(total)
        remaining = np.linalg.inv(total - between @ total_inverse @ between)
        self._own = total_inverse - remaining
        self._cross = total_inverse @ between @ remaining
        self._constant = 0.5 * (np.linalg.slogdet(remaining)[1] + np.linalg.slogdet(total)[1])

    def projected(self, points: FloatArray) -> FloatArray:
        """(..., L) discriminant coordinates of raw points (..., R)."""
        white = (points - self.centre) @ self.whitening
        length = np.linalg.norm(white, axis=-1, keepdims=True)
        unit = white / np.maximum(length, np.finfo(np.float32).tiny)
        result: FloatArray = unit @ self.discriminant[:-1] + self.discriminant[-1]
        return result

    def prepared(self, enrolled: FloatArray) -> PreparedPoints:
        """Do once what `llrs` needs of enrolled points (M, L)."""
        return PreparedPoints(self._own_terms(enrolled), enrolled @ self._cross)

    def llrs(self, enrolled: PreparedPoints, tested: FloatArray) -> FloatArray:
        """Log-likelihood ratios, one speaker against two, of every pair of projected points.

        Args:
            enrolled: M points, from `prepared`.
            tested: (N, L) points.

        Returns:
            (M, N) natural log-likelihood ratios.
        """
        own_terms = enrolled.own_terms[:, None] + self._own_terms(tested)
        result: FloatArray = own_terms + enrolled.crossed @ tested.T + self._constant
        return result

    def _own_terms(self, points: FloatArray) -> FloatArray:
        terms: FloatArray = 0.5 * np.einsum("ml,ml->m", points @ self._own, points)
        return terms
