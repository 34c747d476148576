"""Fit a network by telling the training voices apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from cepstra.jobs.engine import Advance

FloatArray = NDArray[Any]
Batches = Iterator[tuple[FloatArray, NDArray[np.int64]]]

SCALE = 24.0
MARGIN = 0.15
FIRST_LENGTH = 0.1  # of the voices' vectors, a dimension: long ones turn slowly
PEAK_RATE = 3e-3
WARM_UP_SHARE = 0.1
WEIGHT_DECAY = 0.02
AVERAGE_DECAY = 0.995
AVERAGED_SHARE = 0.5  # of the steps, the last ones
LARGEST_NORM = 5.0


class MarginSoftmax(nn.Module):
    """Additive-margin softmax over unit vectors of the voices.

    Source: Wang et al., "Additive margin softmax for face verification", 2018.
    """

    def __init__(self, n_dims: int, n_voices: int) -> None:
        super().__init__()
        self.vectors = nn.Parameter(FIRST_LENGTH * torch.randn(n_voices, n_dims))

    def forward(self, embeddings: Tensor) -> Tensor:
        """Points (N, D) to logits (N, V), without the margin."""
        unit = functional.normalize(embeddings, dim=1), functional.normalize(self.vectors, dim=1)
        return SCALE * unit[0] @ unit[1].T

    def loss(self, embeddings: Tensor, voices: Tensor) -> Tensor:
        """Cross entropy with the own voice's logit lowered by the margin."""
        margin = SCALE * MARGIN * functional.one_hot(voices, len(self.vectors))
        return functional.cross_entropy(self(embeddings) - margin, voices)


class Softmax(nn.Module):
    """Softmax over the voices, of embeddings as they are."""

    def __init__(self, n_dims: int, n_voices: int) -> None:
        super().__init__()
        self.output = nn.Linear(n_dims, n_voices)

    def forward(self, embeddings: Tensor) -> Tensor:
        """Points (N, D) to logits (N, V)."""
        logits: Tensor = self.output(embeddings)
        return logits

    def loss(self, embeddings: Tensor, voices: Tensor) -> Tensor:
        """Cross entropy."""
        return functional.cross_entropy(self(embeddings), voices)


class Classifier(nn.Module):
    """A network that embeds and a head that knows the training voices."""

    def __init__(self, network: nn.Module, head: MarginSoftmax | Softmax) -> None:
        super().__init__()
        self.network, self.head = network, head

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (N, V)."""
        logits: Tensor = self.head(self.network(inputs))
        return logits


class UnitOutput(nn.Module):
    """A network whose embeddings have length one, as they are exported."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, inputs: Tensor) -> Tensor:
        """Inputs of one sample (1, ...) to (1, D)."""
        return functional.normalize(self.network(inputs), dim=1)


def fit(classifier: Classifier, batches: Batches, n_steps: int, report: Advance) -> Classifier:
    """Minimise the head's loss; the result is an average of the last half's weights.

    Args:
        classifier: network and head, fitted in place.
        batches: inputs and indices of their voices.
        n_steps: how many batches.
        report: called with 1 after each batch.
    """
    optimiser = torch.optim.AdamW(classifier.parameters(), lr=PEAK_RATE, weight_decay=WEIGHT_DECAY)
    schedule = OneCycleLR(optimiser, PEAK_RATE, total_steps=n_steps + 1, pct_start=WARM_UP_SHARE)
    average = AveragedModel(
        classifier, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE_DECAY), use_buffers=True
    )
    classifier.train()
    for step, (inputs, voices) in zip(range(n_steps), batches, strict=False):
        embeddings = classifier.network(torch.from_numpy(inputs))
        loss = classifier.head.loss(embeddings, torch.from_numpy(voices))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(classifier.parameters(), LARGEST_NORM)
        optimiser.step()
        schedule.step()
        if step >= (1 - AVERAGED_SHARE) * n_steps:
            average.update_parameters(classifier)
        report(1)
    fitted: Classifier = average.module
    return fitted.eval()
