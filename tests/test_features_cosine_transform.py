"""The cosine transform as a matrix against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.fft import dct, idct

from cepstra.frontend.cosine_transform import dct_matrix, inverse_dct_matrix

SIZES = pytest.mark.parametrize(
    ("n_values", "n_coefficients"), [(26, 20), (18, 17), (5, 5), (3, 1)]
)


@SIZES
def test_it_transforms_as_scipy_does(n_values, n_coefficients):
    values = np.random.default_rng(0).normal(size=(7, n_values))
    expected = dct(values, type=2, axis=1)[:, :n_coefficients]
    np.testing.assert_allclose(values @ dct_matrix(n_values, n_coefficients), expected, atol=1e-12)


@SIZES
def test_the_inverse_takes_missing_coefficients_for_zeros(n_values, n_coefficients):
    coefficients = np.random.default_rng(1).normal(size=(7, n_coefficients))
    filled = np.pad(coefficients, ((0, 0), (0, n_values - n_coefficients)))
    got = coefficients @ inverse_dct_matrix(n_coefficients, n_values)
    np.testing.assert_allclose(got, idct(filled, type=2, axis=1), atol=1e-12)


def test_nobody_can_spoil_the_shared_matrix():
    with pytest.raises(ValueError, match="read-only"):
        dct_matrix(26, 20)[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        inverse_dct_matrix(20, 26)[0, 0] = 1.0
