"""Federated averaging of a network: sites fine-tune it on their voices and tell what changed.

The output layer, a vector for each of its voices, stays at a site. Sources: McMahan et al.,
"Communication-efficient learning of deep networks from decentralized data", 2017, algorithm 1;
Arivazhagan et al., "Federated learning with personalization layers", 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from cepstra.jobs.engine import Engine
from cepstra.neural.embedder import Description, Embedder
from cepstra.neural.utterance import vector_input
from cepstra.training.federated.rounds import NoSiteError
from cepstra.training.federated.simulation import NetworkPlan, asked_in_threads
from cepstra.training.federated.site import Arrays, AskForArrays, Protection, clipped
from cepstra.training.networks.classification import Batches, Classifier
from cepstra.training.networks.dense_stats import FAMILY, DenseStats
from cepstra.training.networks.early_stopping import Fit
from cepstra.training.networks.families import Stage
from cepstra.training.networks.family_training import calibrated_file, feed_of
from cepstra.training.networks.gallery_trials import mean_eer
from cepstra.training.networks.onnx_export import weights_in
from cepstra.training.networks.own_network import expect_enough, heard
from cepstra.training.networks.own_voices import OwnVoices
from cepstra.training.networks.spoken_takes import Takes
from cepstra.training.networks.voice_batches import grouped

RATE = "rate"
FIRST_RATE = 1e-3  # of learning; it falls to nothing over the rounds
FEWEST_SPEAKERS = 2  # of a site, which tells its own apart


@dataclass(frozen=True)
class NetworkOutcome:
    """What came of it; errors are mean EERs of the held-out speakers over conditions, percent.

    Attributes:
        network: the file of the averaged network, calibrated on the held-out speakers.
        n_sites: that answered in each round.
        n_speakers: that took part.
        n_held_out: that did not.
        start: of the network that was fine-tuned.
        alone: of each site by itself, unprotected.
        together: of the averaged network.
        pooled: of all speakers in one place, unprotected, in as many batches as one site has.
        broken: files that could not be read, a line each.
    """

    network: bytes
    n_sites: Sequence[int]
    n_speakers: int
    n_held_out: int
    start: float
    alone: Sequence[float]
    together: float
    pooled: float
    broken: Sequence[str]


class _Network(DenseStats):
    """It normalises by the moments of the start, so that sites change and tell weights alone."""

    def train(self, mode: bool = True) -> _Network:
        del mode
        super().train(mode=False)
        return self


class NetworkSite:
    """Voices of one place, which tell how they would change a network."""

    def __init__(
        self,
        batches: Batches,
        voices: NDArray[np.float32],
        steps: int,
        protection: Protection | None = None,
        seed: int | None = None,
    ) -> None:
        """Keep the voices.

        Args:
            batches: inputs and indices of their voices, endless.
            voices: (V, 56) mean input of each; its embedding begins the output layer.
            steps: batches of a round.
            protection: None to tell the change as it is.
            seed: of the noise; None for one that nobody can guess.
        """
        classifier = Classifier(_Network(), FAMILY.head(len(voices)))
        self._fit = Fit(classifier, torch.device("cpu"))
        self._batches, self._steps, self._protection = batches, steps, protection
        self._voices: torch.Tensor | None = torch.from_numpy(voices)
        self._rng = np.random.default_rng(seed)

    def answer(self, arrays: Arrays) -> Arrays:
        """Return what some steps from the weights that came, at their rate, change in them."""
        network, fit = self._fit.classifier.network, self._fit
        _put(network, arrays)
        if self._voices is not None:
            _begin(self._fit.classifier, self._voices)
            self._voices = None
        fit.progress.rate = float(arrays[RATE])
        fit.round(self._batches, self._steps, lambda _: None)
        fit.progress.rounds += 1
        change = {name: values - arrays[name] for name, values in weights_of(network).items()}
        return change if self._protection is None else self._protected(change, self._protection)

    def _protected(self, change: Arrays, protection: Protection) -> Arrays:
        flat = clipped(np.concatenate([each.ravel() for each in change.values()]), protection.clip)
        noise = protection.noise * protection.clip * self._rng.standard_normal(len(flat))
        ends = np.cumsum([each.size for each in change.values()])[:-1]
        parts = zip(change, np.split(flat + noise, ends), strict=True)
        return {name: part.reshape(change[name].shape).astype(np.float32) for name, part in parts}


def averaged(ask: AskForArrays, start: Arrays, n_rounds: int) -> tuple[Arrays, list[int]]:
    """Return weights after some rounds of averaging, and how many sites answered each.

    Args:
        ask: sends weights and rate to all sites and returns the changes of those that answer.
        start: the first weights, by name, and moments, which stay.
        n_rounds: how many.

    Raises:
        NoSiteError: nobody answered.
    """
    weights, n_sites = dict(start), []
    for number in range(n_rounds):
        rate = np.array(FIRST_RATE * (1 - number / n_rounds))
        told = ask({**weights, RATE: rate})
        if not told:
            raise NoSiteError(f"round {number + 1}: no site answered")
        n_sites.append(len(told))
        for name in told[0]:
            weights[name] = weights[name] + np.mean([each[name] for each in told], axis=0)
    return weights, n_sites


class _Simulation:
    """Sites with the takes of a folder's speakers, and the judgement on those held out."""

    def __init__(self, takes: Takes, begun: tuple[Arrays, Description], plan: NetworkPlan) -> None:
        self._takes, self._plan = takes, plan
        self.start, self._description = begun

    def trained(
        self, sites: Sequence[Sequence[str]], protection: Protection | None, leave: int | None
    ) -> tuple[Arrays, list[int]]:
        """Average over sites of speakers."""
        torch.manual_seed(self._plan.seed)
        made = [self._site(names, number, protection) for number, names in enumerate(sites)]
        return averaged(asked_in_threads(made, leave), self.start, self._plan.rounds)

    def judged(self, weights: Arrays) -> tuple[bytes, float]:
        """Return the file of a network and its mean error."""
        network = _Network().eval()
        _put(network, weights)
        content, errors = calibrated_file(
            network, self._description, self._takes, self._plan.seed, lambda *_: lambda _: None
        )
        return content, mean_eer(errors)

    def errors_in_one_place(self, groups: Sequence[Sequence[str]], stage: Stage) -> list[float]:
        """Return, for each group of speakers, the mean error of a network that heard only them."""
        report = stage("one site or place", len(groups))
        errors = []
        for speakers in groups:
            weights, _ = self.trained([speakers], None, None)
            errors.append(self.judged(weights)[1])
            report(1)
        return errors

    def _site(
        self, names: Sequence[str], number: int, protection: Protection | None
    ) -> NetworkSite:
        takes, own = self._takes, np.flatnonzero(np.isin(self._takes.speakers, names))
        _, groups = grouped(takes, own)
        means = np.stack([takes.vectors[versions[0]].mean(axis=0) for versions in groups])
        seed = self._plan.seed + number
        scales = self._description.centre, self._description.scale
        feed = feed_of(FAMILY.sees, takes, groups, scales, seed)
        voices = vector_input(means, *scales)
        return NetworkSite(feed, voices, self._plan.steps, protection, seed)


def simulate(
    content: bytes,
    voices: OwnVoices,
    plan: NetworkPlan,
    engine: Engine,
    stage: Stage,
) -> NetworkOutcome:
    """Deal speakers to sites in order of name, average over Flower, and judge on held-out ones.

    Args:
        content: file of the network that everybody has.
        voices: of the sites, and of those held out.
        plan: what is simulated.
        engine: what the features are computed on.
        stage: called with the name and size of each stage, gives what reports its progress.

    Raises:
        ValueError: the network is of another family, or speakers are too few.
    """
    begun = _start(content)
    torch.set_num_threads(1)  # sites are threads already
    report = stage("features", len(voices.recordings))
    takes, broken = heard(voices, plan.devices, plan.seed, engine, report)
    dealt = _dealt(takes, plan.sites)
    taking_part = [name for names in dealt for name in names]
    simulation = _Simulation(takes, begun, plan)
    weights, n_sites = simulation.trained(dealt, plan.protection, plan.leave)
    network, together = simulation.judged(weights)
    errors = simulation.errors_in_one_place((*dealt, taking_part), stage)
    return NetworkOutcome(
        network=network,
        n_sites=n_sites,
        n_speakers=len(taking_part),
        n_held_out=len(np.unique(takes.speakers[takes.held_out])),
        start=simulation.judged(simulation.start)[1],
        alone=errors[:-1],
        together=together,
        pooled=errors[-1],
        broken=broken,
    )


def _start(content: bytes) -> tuple[Arrays, Description]:
    description, weights = Embedder(content).description, weights_in(content)
    family = description.family
    missing = [name for name in _tensors(_Network()) if name not in weights]
    if family != FAMILY.name or missing:
        got = f"{family} without {', '.join(missing)}" if missing else family
        raise ValueError(f"start: expected a network of the family {FAMILY.name}, got {got}")
    return weights, description


def _dealt(takes: Takes, n_sites: int) -> list[list[str]]:
    """Names of each site's speakers, in order of name."""
    expect_enough(takes)
    taking_part = np.unique(takes.speakers[~takes.held_out]).tolist()
    if len(taking_part) < (fewest := FEWEST_SPEAKERS * n_sites):
        text = f"expected {fewest} speakers or more for {n_sites} sites"
        raise ValueError(f"{text}, got {len(taking_part)} beside those held out")
    return [taking_part[number::n_sites] for number in range(n_sites)]


def weights_of(network: nn.Module) -> dict[str, NDArray[Any]]:
    """Return what is learnt, by name, copied."""
    return {name: weight.detach().numpy().copy() for name, weight in network.named_parameters()}


def _tensors(network: nn.Module) -> list[str]:
    """Return the names of weights and moments; counts are left out."""
    return [name for name, t in network.state_dict().items() if t.is_floating_point()]


def _begin(classifier: Classifier, voices: torch.Tensor) -> None:
    """Let each voice's vector point to its embedding: drawn ones would first spoil the network.

    Source: Qi et al., "Low-shot learning with imprinted weights", 2018.
    """
    vectors = classifier.head.vectors
    with torch.no_grad():
        unit = functional.normalize(classifier.network(voices), dim=1)
        vectors.copy_(unit * vectors.norm(dim=1, keepdim=True))


def _put(network: nn.Module, arrays: Arrays) -> None:
    tensors = {name: torch.from_numpy(np.array(arrays[name])) for name in _tensors(network)}
    network.load_state_dict(tensors, strict=False)
