"""Squared distances of many vectors to many, as one matrix product."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


def with_squares(vectors: FloatArray, is_left: bool) -> FloatArray:
    """Lengthen vectors (..., K) so that the product of a left and a right one is their distance.

    Returns:
        (..., K + 2): -2 a, a a, 1 for a left one, b, 1, b b for a right one. Rounding may take a
        squared distance a little below zero.
    """
    squares = (vectors**2).sum(axis=-1, keepdims=True)
    ones = np.ones_like(squares)
    parts = [-2 * vectors, squares, ones] if is_left else [vectors, ones, squares]
    return np.concatenate(parts, axis=-1)
