"""What the server does: ask the sites for sums, add them, and make the next mixture of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.mixture_training import MixtureSums, maximisation
from cepstra.gmm.ubm import DiagonalMixture
from cepstra.training.federated.site import MIXTURE, AskForArrays, from_arrays

FloatArray = NDArray[Any]
Ask = Callable[[DiagonalMixture], Sequence[MixtureSums]]
FEWEST_VECTORS = 1e-3  # of a component that noise has left without any


class NoSiteError(ValueError):
    """No site answered a round."""


@dataclass(frozen=True)
class Round:
    """How a round went.

    Attributes:
        n_sites: that answered.
        n_vectors: of theirs.
        mean_log_likelihood: of a vector, before this round's step; nan of protected sums.
    """

    n_sites: int
    n_vectors: int
    mean_log_likelihood: float


@dataclass(frozen=True)
class Standard:
    """How vectors are standardised: by the moments of a mixture that everybody has.

    Attributes:
        centre: (D,) mean.
        scale: (D,) standard deviation.
    """

    centre: FloatArray
    scale: FloatArray

    @classmethod
    def of(cls, mixture: DiagonalMixture) -> Standard:
        """Return that of what a mixture generates."""
        centre = mixture.weights @ mixture.means
        second = mixture.weights @ (mixture.variances + mixture.means**2)
        return cls(centre, np.sqrt(second - centre**2))

    def applied(self, vectors: FloatArray) -> FloatArray:
        """(T, D) standardised vectors in float64."""
        return (vectors.astype(np.float64) - self.centre) / self.scale

    def undone(self, mixture: DiagonalMixture) -> DiagonalMixture:
        """Return a mixture of standardised vectors as one of vectors as they were."""
        means = self.centre + self.scale * mixture.means
        return DiagonalMixture(mixture.weights, means, self.scale**2 * mixture.variances)


def public_start(shipped: DiagonalMixture, n_components: int, seed: int) -> DiagonalMixture:
    """Return a mixture of standardised vectors that no site has told anything for.

    Args:
        shipped: a mixture that everybody has.
        n_components: K; the means are drawn from the shipped mixture.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    which = rng.choice(
        shipped.n_components, n_components, p=shipped.weights / shipped.weights.sum()
    )
    deviations = np.sqrt(shipped.variances[which])
    drawn = shipped.means[which] + deviations * rng.standard_normal(deviations.shape)
    means = Standard.of(shipped).applied(drawn)
    return DiagonalMixture(np.full(n_components, 1 / n_components), means, np.ones_like(means))


def ask_for_sums(ask: AskForArrays) -> Ask:
    """Return how to ask for sums those who understand arrays with names."""

    def asked(mixture: DiagonalMixture) -> Sequence[MixtureSums]:
        return [from_arrays(told) for told in ask({n: getattr(mixture, n) for n in MIXTURE})]

    return asked


def fit(
    ask: Ask, start: DiagonalMixture, n_rounds: int, prior_vectors: float = 0.0
) -> tuple[DiagonalMixture, list[Round]]:
    """Fit a mixture of standardised vectors by expectation maximisation, a step a round.

    Args:
        ask: sends a mixture to all sites and returns the sums of those that answer.
        start: the first mixture.
        n_rounds: how many steps.
        prior_vectors: what the start is worth in each component; 0 for the likeliest mixture.
            It keeps noise from moving components that have few vectors.

    Raises:
        NoSiteError: nobody answered.
    """
    mixture, rounds = start, []
    prior = _worth(start, prior_vectors)
    for number in range(1, n_rounds + 1):
        told = ask(mixture)
        if not told:
            raise NoSiteError(f"round {number}: no site answered")
        total = reduce(add, told)
        mean = total.log_likelihood / total.n_vectors if total.n_vectors else np.nan
        rounds.append(Round(len(told), total.n_vectors, mean))
        mixture = maximisation(_possible(total + prior) if prior_vectors else total)
    return mixture, rounds


def _worth(mixture: DiagonalMixture, n_vectors: float) -> MixtureSums:
    """Return the sums of so many vectors a component that are just as the mixture has it."""
    zeroth = np.full(mixture.n_components, n_vectors)
    second = n_vectors * (mixture.variances + mixture.means**2)
    return MixtureSums(0, 0.0, zeroth, n_vectors * mixture.means, second)


def _possible(sums: MixtureSums) -> MixtureSums:
    """Return noisy sums as vectors could have: no negative counts, no negative variances."""
    zeroth = np.maximum(sums.zeroth, FEWEST_VECTORS)
    second = np.maximum(sums.second, sums.first**2 / zeroth[:, None])
    return MixtureSums(sums.n_vectors, sums.log_likelihood, zeroth, sums.first, second)
