"""Fit a background mixture to vectors that lie in parts, perhaps on many machines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import mixture_training
from cepstra.gmm.ubm import DiagonalMixture
from cepstra.jobs.engine import Parts

FloatArray = NDArray[Any]

MAX_VECTORS = 150_000
MAX_ITERATIONS = 15
CONVERGED = 1e-3  # gain of the mean log-likelihood below which a fit stops
SMALLEST_DEVIATION = 1e-6


class MixtureFit:
    """One fit, in two steps, so that the slow starts of several fits run side by side.

    The vectors are standardised, so that k-means and the variance floor treat all dimensions
    alike.
    """

    def __init__(
        self, vectors: Parts, n_components: int, seed: int, max_vectors: int = MAX_VECTORS
    ) -> None:
        """Choose vectors and begin to look for the clusters to start from.

        Args:
            vectors: parts of (T_i, D) vectors.
            n_components: K.
            seed: of the start and of the choice of vectors.
            max_vectors: a random choice of so many is fitted when there are more.

        Raises:
            ValueError: there are fewer vectors than components.
        """
        lengths = list(vectors.apply(len))
        if sum(lengths) < n_components:
            raise ValueError(f"vectors: expected at least {n_components}, got {sum(lengths)}")
        chosen = vectors.numbered().apply(_chosen, _choice(lengths, seed, max_vectors))
        n_chosen = min(sum(lengths), max_vectors)
        self._centre = chosen.total(partial(np.sum, axis=0)) / n_chosen
        variance = chosen.total(_sum_of_squares, self._centre) / n_chosen
        self._scale = np.maximum(np.sqrt(variance), SMALLEST_DEVIATION)
        self._standard = chosen.apply(_standardised, self._centre, self._scale)
        self._start = self._standard.together(_start, n_components, seed)

    def result(self, max_iterations: int = MAX_ITERATIONS) -> DiagonalMixture:
        """Return the mixture, in float64, after so many steps or when it no longer gains."""
        (mixture,) = self._start
        before = -np.inf
        for _ in range(max_iterations):
            sums = self._standard.total(mixture_training.expectation, mixture)
            mixture = mixture_training.maximisation(sums)
            now = sums.log_likelihood / sums.n_vectors
            if abs(now - before) < CONVERGED:
                break
            before = now
        return DiagonalMixture(
            mixture.weights,
            self._centre + self._scale * mixture.means,
            self._scale**2 * mixture.variances,
        )


def _choice(lengths: Sequence[int], seed: int, max_vectors: int) -> list[FloatArray]:
    """Which rows of each part take part, in their order."""
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(sum(lengths))[:max_vectors])
    ends = np.cumsum(lengths)
    parts = np.split(rows, np.searchsorted(rows, ends[:-1]))
    return [part - (end - length) for part, end, length in zip(parts, ends, lengths, strict=True)]


def _chosen(numbered: tuple[int, FloatArray], choice: Sequence[FloatArray]) -> FloatArray:
    number, vectors = numbered
    return vectors[choice[number]].astype(np.float64)


def _sum_of_squares(vectors: FloatArray, centre: FloatArray) -> FloatArray:
    return np.asarray(((vectors - centre) ** 2).sum(axis=0))


def _standardised(vectors: FloatArray, centre: FloatArray, scale: FloatArray) -> FloatArray:
    return np.asarray((vectors - centre) / scale)


def _start(parts: Sequence[FloatArray], n_components: int, seed: int) -> DiagonalMixture:
    return mixture_training.start(np.concatenate(parts), n_components, seed)
