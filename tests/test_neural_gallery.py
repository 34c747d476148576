"""Galleries: scores of known vectors."""

import numpy as np
import pytest

from cepstra.neural.gallery_verifier import mean_cosine, nearest_cosine


def unit(*vectors) -> np.ndarray:
    rows = np.array(vectors, dtype=float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_scores_of_known_vectors():
    gallery = unit([1, 0], [0, 1])
    assert nearest_cosine(gallery, np.array([1.0, 0.0])) == pytest.approx(1.0)
    assert mean_cosine(gallery, np.array([1.0, 0.0])) == pytest.approx(np.sqrt(0.5))
    assert mean_cosine(unit([1, 0], [-1, 0]), np.array([1.0, 0.0])) == 0.0  # no direction at all
