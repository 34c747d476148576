"""Named arrays to bytes and back, in the safetensors format: shapes and numbers, no code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

Arrays = Mapping[str, NDArray[Any]]


def pack(arrays: Arrays) -> bytes:
    """Return the arrays as one byte string."""
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def unpack(data: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays that `pack` was given."""
    return dict(load(data))
