"""Sites made of a folder of speakers, to see what adding their sums is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flwr.app import Context
from numpy.typing import NDArray

from cepstra.gmm.mixture_training import MixtureSums
from cepstra.gmm.ubm import DiagonalMixture
from cepstra.jobs.engine import Advance, unwatched
from cepstra.training.federated import flower
from cepstra.training.federated.rounds import Ask, Round, Standard, ask_for_sums, fit, public_start
from cepstra.training.federated.site import (
    MIXTURE,
    Answers,
    Arrays,
    AskForArrays,
    Protection,
    Site,
)
from cepstra.training.sessions import is_held_out

FloatArray = NDArray[Any]
PRIOR_DEVIATIONS = 1.0  # of the noise: what the start is worth in each component


@dataclass(frozen=True)
class Sites:
    """Who takes part in a simulation, and for how long.

    Attributes:
        sites: how many.
        rounds: how often they are asked.
        leave: the round before which the last site leaves; None if it stays.
        clip: L2 norm of what is protected; None to protect nothing.
        noise: its standard deviation, in units of the clip.
        seed: of all that is random.
    """

    sites: int
    rounds: int
    leave: int | None
    clip: float | None
    noise: float
    seed: int

    @property
    def protection(self) -> Protection | None:
        """What each site does to what it tells."""
        return None if self.clip is None else Protection(self.clip, self.noise)


@dataclass(frozen=True)
class Plan(Sites):
    """How a mixture is fitted; a round is a step of expectation maximisation.

    Attributes:
        components: Gaussians.
    """

    components: int

    @property
    def n_steps(self) -> int:
        """Steps of all mixtures that are compared: the sites', each site's own, everybody's."""
        return self.rounds * (self.sites + 2)


@dataclass(frozen=True)
class NetworkPlan(Sites):
    """How a network is fine-tuned.

    Attributes:
        steps: batches that each site learns from in a round.
        devices: simulated ones that each recording is heard on, beside itself.
    """

    steps: int
    devices: int


@dataclass(frozen=True)
class Outcome:
    """What came of it; likelihoods are means of a held-out frame, in nats.

    Attributes:
        mixture: of the sites together, of vectors as they were.
        rounds: how they went.
        n_voices: that took part.
        n_held_out: that did not.
        start: before the first round.
        alone: of each site by itself, unprotected.
        together: of the mixture.
        pooled: of all voices in one place, unprotected.
        difference: largest, between weights, means and variances of mixture and pooled.
    """

    mixture: DiagonalMixture
    rounds: Sequence[Round]
    n_voices: int
    n_held_out: int
    start: float
    alone: Sequence[float]
    together: float
    pooled: float
    difference: float


def simulate(
    voices: Mapping[str, FloatArray],
    shipped: DiagonalMixture,
    plan: Plan,
    report: Advance = unwatched,
) -> Outcome:
    """Deal voices to sites in order of name, fit over Flower, and compare on held-out voices.

    Args:
        voices: (T_i, D) vectors of each speaker.
        shipped: the mixture that sites and server have already.
        plan: what is simulated.
        report: called with 1 after each of the `plan.n_steps` steps.

    Raises:
        ValueError: fewer voices take part than there are sites, or none is held out.
    """
    standard = Standard.of(shipped)
    taking_part, held_out = _apart(voices, standard, plan)
    dealt = [taking_part[number :: plan.sites] for number in range(plan.sites)]
    start = public_start(shipped, plan.components, plan.seed)
    unseen = np.concatenate(held_out)

    def judged(mixture: DiagonalMixture) -> float:
        return float(mixture.log_likelihoods(unseen).mean())

    def unprotected(vectors: Sequence[FloatArray]) -> DiagonalMixture:
        site = Site(vectors)
        return fit(_watched(lambda mixture: [site.sums(mixture)], report), start, plan.rounds)[0]

    together, rounds = fit(
        _watched(_asked_for_sums(dealt, plan), report), start, plan.rounds, _prior(plan)
    )
    pooled = unprotected(taking_part)
    return Outcome(
        standard.undone(together), rounds, len(taking_part), len(held_out), judged(start),
        [judged(unprotected(vectors)) for vectors in dealt], judged(together), judged(pooled),
        _difference(together, pooled),
    )  # fmt: skip


def _apart(
    voices: Mapping[str, FloatArray], standard: Standard, plan: Plan
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Standardised vectors of those who take part and of those held out, in order of name."""
    known = {name: standard.applied(vectors) for name, vectors in sorted(voices.items())}
    held_out = [known[name] for name in known if is_held_out(name, plan.seed)]
    taking_part = [known[name] for name in known if not is_held_out(name, plan.seed)]
    if len(taking_part) < plan.sites or not held_out:
        raise ValueError(f"voices: {len(known)} are too few for {plan.sites} sites and a test")
    return taking_part, held_out


def _watched(ask: Ask, report: Advance) -> Ask:
    def asked(mixture: DiagonalMixture) -> Sequence[MixtureSums]:
        told = ask(mixture)
        report(1)
        return told

    return asked


class _Leaving:
    """A site that answers so many rounds and then no more."""

    def __init__(self, site: Answers, rounds_left: int) -> None:
        self._site, self._rounds_left = site, rounds_left

    def answer(self, arrays: Arrays) -> Arrays:
        self._rounds_left -= 1
        if self._rounds_left < 0:
            raise ConnectionError("the site has left")
        return self._site.answer(arrays)


def asked_in_threads(sites: Sequence[Answers], leave: int | None = None) -> AskForArrays:
    """Return how a server asks sites over Flower.

    Args:
        sites: each runs in a thread.
        leave: the round before which the last one leaves, from 1.
    """
    present = list(sites)
    if leave is not None:
        present[-1] = _Leaving(sites[-1], leave - 1)

    def site_of(context: Context) -> Answers:
        return present[int(context.node_config["partition-id"]) - 1]

    return flower.asked_over(flower.ThreadGrid(flower.client_app(site_of), len(present)))


def _asked_for_sums(dealt: Sequence[Sequence[FloatArray]], plan: Plan) -> Ask:
    sites = [Site(voices, plan.protection, plan.seed + n) for n, voices in enumerate(dealt)]
    return ask_for_sums(asked_in_threads(sites, plan.leave))


def _prior(plan: Plan) -> float:
    return PRIOR_DEVIATIONS * (plan.clip or 0.0) * plan.noise * float(np.sqrt(plan.sites))


def _difference(one: DiagonalMixture, other: DiagonalMixture) -> float:
    pairs = [(getattr(one, name), getattr(other, name)) for name in MIXTURE]
    return max(float(np.abs(a - b).max()) for a, b in pairs)
