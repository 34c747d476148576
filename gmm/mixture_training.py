"""Expectation maximisation of the background's diagonal mixtures, step by step.

The expectation of a step is a sum over vectors: what parts of them give is added up.
Source: Bishop, "Pattern Recognition and Machine Learning", 2006, section 9.2.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.statistics import Additive
from cepstra.gmm.ubm import DiagonalMixture

FloatArray = NDArray[Any]

VARIANCE_FLOOR = 1e-2  # added to the variances of standardised vectors
FEWEST_VECTORS = 10 * float(np.finfo(np.float64).eps)  # keeps an empty component finite


@dataclass(frozen=True)
class MixtureSums(Additive):
    """What some vectors say of a mixture; sums of several parts add.

    Attributes:
        n_vectors: how many.
        log_likelihood: of all of them.
        zeroth: (K,) posteriors.
        first: (K, D) vectors weighted by posteriors.
        second: (K, D) their squares, likewise.
    """

    n_vectors: int
    log_likelihood: float
    zeroth: FloatArray
    first: FloatArray
    second: FloatArray


def start(vectors: FloatArray, n_components: int, seed: int) -> DiagonalMixture:
    """A mixture of one component for each k-means cluster.

    Args:
        vectors: (T, D) standardised, T >= n_components.
        n_components: K.
        seed: of the clusters' start.

    Raises:
        ValueError: there are fewer vectors than components.
    """
    from sklearn.cluster import KMeans

    if len(vectors) < n_components:
        raise ValueError(f"vectors: expected at least {n_components}, got {len(vectors)}")
    clusters = KMeans(n_components, n_init=1, random_state=np.random.RandomState(seed))
    responsibilities = np.eye(n_components)[clusters.fit(vectors).labels_]
    return maximisation(_sums(vectors, responsibilities, 0.0))


def expectation(vectors: FloatArray, mixture: DiagonalMixture) -> MixtureSums:
    """The sums of vectors (T, D) under a mixture of float64."""
    posteriors, log_likelihoods = mixture.posteriors(vectors)
    return _sums(vectors, posteriors, float(log_likelihoods.sum()))


def maximisation(sums: MixtureSums) -> DiagonalMixture:
    """The likeliest mixture of the sums, its variances raised by `VARIANCE_FLOOR`."""
    zeroth = sums.zeroth + FEWEST_VECTORS
    means = sums.first / zeroth[:, None]
    variances = sums.second / zeroth[:, None] - means**2 + VARIANCE_FLOOR
    return DiagonalMixture(zeroth / zeroth.sum(), means, variances)


def _sums(vectors: FloatArray, posteriors: FloatArray, log_likelihood: float) -> MixtureSums:
    return MixtureSums(
        len(vectors),
        log_likelihood,
        posteriors.sum(axis=0),
        posteriors.T @ vectors,
        posteriors.T @ vectors**2,
    )
