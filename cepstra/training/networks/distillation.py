"""Teach a network to find from cepstra what the teacher found in the sound."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cepstra.training.networks.batches import Voices, batches
from cepstra.training.networks.tdnn_layers import EmbeddingNetwork

FloatArray = NDArray[Any]
Progress = Callable[[int, float], None]
Network = TypeVar("Network", bound=nn.Module)

SOFTMAX_WEIGHT = 0.3
SOFTMAX_SCALE = 24.0
MARGIN = 0.1
COSINE_WEIGHT = 4.0
SIMILARITY_WEIGHT = 8.0
PEAK_RATE = 2e-3
WARM_UP_SHARE = 0.05
WEIGHT_DECAY = 0.05
AVERAGE_DECAY = 0.998
LARGEST_NORM = 5.0


def centred(teacher: FloatArray) -> FloatArray:
    """Teacher vectors (V, D) without what all voices share, as unit vectors."""
    moved = teacher - teacher.mean(axis=0)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def distil(
    voices: Voices, targets: FloatArray, n_steps: int, seed: int, progress: Progress
) -> EmbeddingNetwork:
    """Fit a network so that attempts of a voice land on the teacher's vector of that voice.

    The loss has three parts: the cosine to the vector, a softmax with margin over the vectors of
    all voices, and the difference of the batch's similarity matrices. The result is the
    exponential average of the weights.

    Args:
        voices: V voices.
        targets: (V, D) unit vectors.
        n_steps: how many batches.
        seed: of weights and batches.
        progress: called with the step and its loss.
    """
    torch.manual_seed(seed)
    network = EmbeddingNetwork(targets.shape[1])
    vectors = torch.from_numpy(targets.astype(np.float32))

    def loss(frames: Tensor, chosen: Tensor) -> Tensor:
        return _loss(network(frames), vectors, chosen)

    optimiser = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=WEIGHT_DECAY)
    settings = FitSettings(
        optimiser, n_steps, int(WARM_UP_SHARE * n_steps), AVERAGE_DECAY, LARGEST_NORM
    )
    return fit(network, loss, batches(voices, seed), settings, progress)


@dataclass(frozen=True)
class FitSettings:
    """How a network is fitted.

    Attributes:
        optimiser: at its peak rates.
        n_steps: how many batches.
        n_warm_up: steps in which the rates rise.
        average_decay: of the weights' exponential average, which the fit gives.
        largest_norm: of a gradient.
    """

    optimiser: torch.optim.Optimizer
    n_steps: int
    n_warm_up: int
    average_decay: float
    largest_norm: float


def fit(
    network: Network,
    loss: Callable[..., Tensor],
    feed: Iterator[tuple[FloatArray, ...]],
    settings: FitSettings,
    progress: Progress | None = None,
) -> Network:
    """Fit a network; the result is the exponential average of its weights.

    Args:
        network: is changed.
        loss: of what a batch holds.
        feed: batches.
        settings: how long and how fast.
        progress: called with the step and its loss.
    """
    average = copy.deepcopy(network)
    optimiser = settings.optimiser
    schedule = partial(_schedule, n_steps=settings.n_steps, warm_up=max(1, settings.n_warm_up))
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, schedule)
    for step, batch in zip(range(settings.n_steps), feed, strict=False):
        value = loss(*map(torch.from_numpy, batch))
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), settings.largest_norm)
        optimiser.step()
        scheduler.step()
        _follow(average, network, min(settings.average_decay, step / (step + 10)))
        if progress:
            progress(step, float(value.detach()))
    return average.eval()


def _loss(embeddings: Tensor, vectors: Tensor, chosen: Tensor) -> Tensor:
    own = vectors[chosen]
    cosines = embeddings @ vectors.T
    rows = torch.arange(len(chosen))
    own_cosines = cosines[rows, chosen]
    logits = SOFTMAX_SCALE * cosines
    logits[rows, chosen] = SOFTMAX_SCALE * (own_cosines - MARGIN)
    similarity = functional.mse_loss(embeddings @ embeddings.T, own @ own.T)
    return (
        SOFTMAX_WEIGHT * functional.cross_entropy(logits, chosen)
        + COSINE_WEIGHT * (1 - own_cosines).mean()
        + SIMILARITY_WEIGHT * similarity
    )


def _schedule(step: int, n_steps: int, warm_up: int) -> float:
    """Linear rise, then half a cosine down to nothing."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, n_steps - warm_up)))


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    for slow, fast in zip(
        average.state_dict().values(), network.state_dict().values(), strict=True
    ):
        if slow.dtype.is_floating_point:
            slow.lerp_(fast, 1 - decay)
        else:
            slow.copy_(fast)
