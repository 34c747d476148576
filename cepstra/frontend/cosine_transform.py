"""The discrete cosine transform of type 2 and its inverse, as matrices.

SciPy's would take a quarter of the service's start to load; few and short vectors are transformed.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray


@cache
def dct_matrix(n_values: int, n_coefficients: int) -> NDArray[np.float64]:
    """(n_values, n_coefficients): `values @ matrix` is `scipy.fft.dct(values, type=2)`, cut off.

    Source: Ahmed, Natarajan and Rao, "Discrete Cosine Transform", 1974, here without scaling.
    """
    places = (np.arange(n_values) + 0.5) * np.pi / n_values
    matrix: NDArray[np.float64] = 2 * np.cos(places[:, None] * np.arange(n_coefficients))
    matrix.flags.writeable = False
    return matrix


@cache
def inverse_dct_matrix(n_coefficients: int, n_values: int) -> NDArray[np.float64]:
    """(n_coefficients, n_values): as `scipy.fft.idct` of coefficients that end with zeros."""
    matrix = dct_matrix(n_values, n_coefficients).T / (2 * n_values)
    matrix[0] /= 2
    matrix.flags.writeable = False
    return matrix
