"""Points of several subspaces as one unit vector, so that one product searches all speakers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm.parameters import PointScorer
from gmm.plda import Plda

FloatArray = NDArray[Any]


class VoiceprintSpace:
    """Vectors whose inner product follows what the pairwise scoring says of the same points.

    A pairwise score of two points is a bilinear form of both and a term of each alone. The form's
    square root maps each subspace's point so that the form becomes an inner product; every part
    is scaled to the same length, which makes the terms of each alone nearly constant.
    """

    def __init__(self, scorers: Mapping[str, PointScorer]) -> None:
        self._scorers = scorers
        self._roots = {name: _root(scorer.plda) for name, scorer in scorers.items()}

    def vector(self, points: Mapping[str, FloatArray]) -> NDArray[np.float32]:
        """(D,) unit vector of an attempt's projected points by subspace name."""
        parts = [_unit(points[name] @ root) for name, root in self._roots.items()]
        return _unit(np.concatenate(parts)).astype(np.float32)

    def enrolled(self, statistics: Mapping[str, FloatArray]) -> NDArray[np.float32]:
        """(D,) unit vector of a speaker's summed statistics, all digits alike."""
        points = {
            name: scorer.projected(
                statistics[f"{name}.zeroth"].sum(axis=0), statistics[f"{name}.linear"].sum(axis=0)
            )
            for name, scorer in self._scorers.items()
        }
        return self.vector(points)


def _root(plda: Plda) -> FloatArray:
    """(L, L) matrix whose product with its transpose is the score's bilinear form."""
    values, vectors = np.linalg.eigh(plda.bilinear)
    result: FloatArray = vectors * np.sqrt(np.maximum(values, 0.0))
    return result


def _unit(values: FloatArray) -> FloatArray:
    result: FloatArray = values / max(float(np.linalg.norm(values)), np.finfo(np.float32).tiny)
    return result
