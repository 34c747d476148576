"""A gallery: the embeddings of a speaker's takes, and how an attempt is compared with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[Any]


def nearest_cosine(gallery: FloatArray, embedding: FloatArray) -> float:
    """Cosine of an embedding (D,) to the nearest of a gallery (N, D), all unit vectors, N >= 1."""
    return float((gallery @ embedding).max())


def mean_cosine(gallery: FloatArray, embedding: FloatArray) -> float:
    """Cosine of an embedding (D,) to the mean of a gallery (N, D), all unit vectors, N >= 1."""
    mean = gallery.sum(axis=0)
    return float(mean @ embedding / max(float(np.linalg.norm(mean)), 1e-12))


Rule = Callable[[FloatArray, FloatArray], float]
RULES: Mapping[str, Rule] = MappingProxyType({"nearest": nearest_cosine, "mean": mean_cosine})
