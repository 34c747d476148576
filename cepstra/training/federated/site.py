"""What a site computes of its own voices: sums of a step of expectation maximisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.mixture_training import MixtureSums, expectation
from cepstra.gmm.ubm import DiagonalMixture

FloatArray = NDArray[Any]
Arrays = Mapping[str, FloatArray]
AskForArrays = Callable[[Arrays], Sequence[Arrays]]
MIXTURE = ("weights", "means", "variances")


class Answers(Protocol):
    """A site, as a server sees it."""

    def answer(self, arrays: Arrays) -> Arrays:
        """Return what it tells when a round's arrays come."""


@dataclass(frozen=True)
class Protection:
    """The Gaussian mechanism over voices: one of them changes the sums by `clip` at most.

    Attributes:
        clip: L2 norm to which a voice's sums are scaled down.
        noise: standard deviation of what is added to each sum, in units of `clip`.
    """

    clip: float
    noise: float


class Site:
    """Voices of one place, which tell their sums and nothing else."""

    def __init__(
        self,
        voices: Sequence[FloatArray],
        protection: Protection | None = None,
        seed: int | None = None,
    ) -> None:
        """Keep the voices.

        Args:
            voices: (T_i, D) standardised vectors of each voice.
            protection: None to tell the sums as they are.
            seed: of the noise; None for one that nobody can guess.
        """
        self._voices = voices
        self._protection = protection
        self._rng = np.random.default_rng(seed)

    def answer(self, arrays: Arrays) -> Arrays:
        """Return the sums under the mixture that came."""
        return to_arrays(self.sums(DiagonalMixture(*(arrays[name] for name in MIXTURE))))

    def sums(self, mixture: DiagonalMixture) -> MixtureSums:
        """Return the sums of all voices under a mixture, protected if they are to be.

        Protected sums have no log-likelihood (nan), which would be one thing more to protect.
        """
        if self._protection is None:
            return expectation(np.concatenate(self._voices), mixture)
        clip = self._protection.clip
        told = [clipped(_flat(expectation(voice, mixture)), clip) for voice in self._voices]
        total = np.sum(told, axis=0)
        noise = self._rng.standard_normal(len(total)) * clip * self._protection.noise
        return _unflattened(total + noise, mixture.means.shape)


def to_arrays(sums: MixtureSums) -> Arrays:
    """Return sums as arrays with names, as messages carry them."""
    return {each.name: np.asarray(getattr(sums, each.name)) for each in fields(sums)}


def from_arrays(arrays: Arrays) -> MixtureSums:
    """Return the sums that `to_arrays` made arrays of."""
    return MixtureSums(
        int(arrays["n_vectors"]),
        float(arrays["log_likelihood"]),
        arrays["zeroth"],
        arrays["first"],
        arrays["second"],
    )


def _flat(sums: MixtureSums) -> FloatArray:
    return np.concatenate([sums.zeroth, sums.first.ravel(), sums.second.ravel()])


def _unflattened(values: FloatArray, shape: tuple[int, ...]) -> MixtureSums:
    n_components, n_dims = shape
    n_products = n_components * n_dims
    zeroth, first, second = np.split(values, [n_components, n_components + n_products])
    n_vectors = max(0, round(float(zeroth.sum())))
    return MixtureSums(n_vectors, np.nan, zeroth, first.reshape(shape), second.reshape(shape))


def clipped(values: FloatArray, norm: float) -> FloatArray:
    """Return values (N,) scaled down to an L2 norm, where theirs is larger."""
    scaled: FloatArray = values * min(1.0, norm / float(np.linalg.norm(values)))
    return scaled
