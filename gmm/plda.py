"""Probabilistic linear discriminant analysis of i-vectors: same speaker or two?

An i-vector is a speaker's place plus a session's shift, both Gaussian. I-vectors are centred,
whitened and scaled to unit length first, which makes them nearly so. Sources: Brümmer and de
Villiers, "The Speaker Partitioning Problem", 2010 (two-covariance model); Garcia-Romero and
Espy-Wilson, "Analysis of i-vector Length Normalization in Speaker Recognition Systems", 2011.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[Any]


@dataclass(frozen=True)
class PreparedIvectors:
    """M enrolled ivectors, ready to be scored.

    Attributes:
        own_terms: (M,) the part of a score that depends on the enrolled i-vector alone.
        crossed: (M, L) what an attempt's i-vector is multiplied with.
    """

    own_terms: FloatArray
    crossed: FloatArray


class Plda:
    """Scores pairs of R-dimensional ivectors in a discriminant space of L dimensions."""

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
            centre: (R,) mean of the raw ivectors.
            whitening: (R, R) applied after centring, before the scaling to unit length.
            discriminant: (R + 1, L) projection of the scaled ivectors; the last row is added.
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

    def projected(self, ivectors: FloatArray) -> FloatArray:
        """(..., L) discriminant coordinates of raw ivectors (..., R)."""
        white = (ivectors - self.centre) @ self.whitening
        length = np.linalg.norm(white, axis=-1, keepdims=True)
        unit = white / np.maximum(length, np.finfo(np.float32).tiny)
        return unit @ self.discriminant[:-1] + self.discriminant[-1]

    def prepared(self, enrolled: FloatArray) -> PreparedIvectors:
        """Do once what `llrs` needs of enrolled ivectors (M, L)."""
        return PreparedIvectors(self._own_terms(enrolled), enrolled @ self._cross)

    def llrs(self, enrolled: PreparedIvectors, tested: FloatArray) -> FloatArray:
        """Log-likelihood ratios, one speaker against two, of every pair of projected ivectors.

        Args:
            enrolled: M ivectors, from `prepared`.
            tested: (N, L) ivectors.

        Returns:
            (M, N) natural log-likelihood ratios.
        """
        own_terms = enrolled.own_terms[:, None] + self._own_terms(tested)
        return own_terms + enrolled.crossed @ tested.T + self._constant

    def _own_terms(self, ivectors: FloatArray) -> FloatArray:
        return 0.5 * np.einsum("ml,ml->m", ivectors @ self._own, ivectors)
