"""Eight-bit storage of large parameter arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 127


def quantise(values: NDArray[Any], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round to 255 levels between minus and plus the largest magnitude along an axis.

    Args:
        values: real numbers.
        axis: the axis that shares one scale.

    Returns:
        The levels, shaped like values, and the scales, shaped alike but 1 long on the axis.
    """
    peak = np.abs(values).max(axis=axis, keepdims=True)
    scales = np.maximum(peak / LARGEST, np.finfo(np.float32).tiny).astype(np.float32)
    return np.rint(values / scales).astype(np.int8), scales


def dequantise(levels: NDArray[np.int8], scales: NDArray[np.float32]) -> NDArray[np.float32]:
    """The numbers that the levels stand for, in float32."""
    return levels.astype(np.float32) * scales
