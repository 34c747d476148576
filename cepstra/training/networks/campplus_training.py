"""CAM++ taught to hear cepstra: pruned, then led back to what it makes of the sound itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from cepstra.gmm.streams import N_CEPSTRA
from cepstra.jobs.engine import Advance
from cepstra.training.networks.campplus import CampplusNetwork, sums
from cepstra.training.networks.campplus_export import network_files
from cepstra.training.networks.campplus_start import whole_network, without
from cepstra.training.networks.distillation import FitSettings, centred, fit
from cepstra.training.networks.families import Request
from cepstra.training.networks.matched_speech import Batch, matched_batches, matched_speech
from cepstra.training.networks.taught_voices import (
    N_VERSIONS,
    teacher_vectors,
    training_groups,
    write_network,
)
from cepstra.training.networks.teacher import teacher_network

FloatArray = NDArray[Any]
Loss = Callable[[Tensor, Tensor, Tensor], Tensor]

N_STEPS = 4000
KEPT_LAYERS = (12, 12, 8)  # of 12, 24 and 16
NEIGHBOURS_WEIGHT = 0.3
ACTIVATIONS_WEIGHT = 0.15
LIKENESS_WEIGHT = 10.0
TEMPERATURE = 0.07
PEAK_RATE = 3e-4
N_WARM_UP = 40
WEIGHT_DECAY = 0.01
MOMENTA = (0.9, 0.98)
AVERAGE_DECAY = 0.99
LARGEST_NORM = 3.0
LARGEST_ERROR = 4.0  # of a channel, in variances
JUDGING_BATCHES = 3
EXAMPLES = 24  # stretches of speech whose mean activations correct the rounding


def train(request: Request) -> Mapping[str, float]:
    """Teach CAM++; write FAMILY-frames.onnx, FAMILY-point.onnx and FAMILY.safetensors.

    Raises:
        FileNotFoundError: a corpus or the teacher is missing.
    """
    torch.manual_seed(request.seed)
    torch.set_num_threads(request.n_threads)
    groups = training_groups(request)
    advance = request.stage("devices", 2 * len(groups))
    speech = matched_speech(groups, N_VERSIONS, request.seed, request.engine, advance)
    vectors = teacher_vectors(groups, speech.voices, request)
    teacher = whole_network(teacher_network(), vectors.mean(axis=0)).requires_grad_(False)
    feed = matched_batches(speech, request.seed)
    network = without(teacher, least_telling(teacher, list(islice(feed, JUDGING_BATCHES))))
    n_steps = request.n_steps or N_STEPS
    advance = request.stage("fit", n_steps)
    loss = matching_loss(network.requires_grad_(True), teacher, centred(vectors))
    network = taught(network, loss, feed, n_steps, advance)
    examples = [_as_sent(torch.from_numpy(cepstra[:EXAMPLES])) for cepstra, *_ in islice(feed, 1)]
    as_sent = np.zeros(N_CEPSTRA), np.ones(N_CEPSTRA)
    write_network(network_files(network, examples), as_sent, request, groups)
    n_parameters = sum(p.numel() for p in network.parameters())
    return {"parameters": n_parameters, "voices": len(vectors), "steps": n_steps}


def matching_loss(network: CampplusNetwork, teacher: CampplusNetwork, voices: FloatArray) -> Loss:
    """Make the loss of cepstra (N, T, 20), bands (N, T, 80) and voices (N,) of a batch.

    The network should make of the cepstra what the teacher makes of the bands, activations and
    point alike. One stretch tells little of a voice: the point should lie between the teacher's
    and the voice's own, and have the same neighbours among all voices (Kullback and Leibler). And
    the points of a batch should be as alike as the teacher's: of one corpus they would else share
    its room.

    Args:
        network: taught.
        teacher: left alone.
        voices: (V, 192) unit vectors of all voices.
    """
    vectors = torch.from_numpy(voices.astype(np.float32))

    def loss(cepstra: Tensor, bands: Tensor, chosen: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                expected = teacher.frames.stages(bands)
            found = network.frames.stages(network.frames.bands(cepstra))
        with torch.no_grad():
            heard = teacher.point(sums(expected[-1]))
            target = functional.normalize(heard + vectors[chosen])
            nearby = functional.softmax(target @ vectors.T / TEMPERATURE, dim=1)
        point = network.point(sums(found[-1]))
        neighbours = functional.log_softmax(point @ vectors.T / TEMPERATURE, dim=1)
        divergence = functional.kl_div(neighbours, nearby, reduction="batchmean")
        errors = [_relative_error(*pair) for pair in zip(found, expected, strict=True)]
        distance = 1 - (point * target).sum(dim=1).mean()
        among = (point @ point.T - heard @ heard.T).square().sum() / len(point) / (len(point) - 1)
        likeness = NEIGHBOURS_WEIGHT * divergence + LIKENESS_WEIGHT * among
        return distance + likeness + ACTIVATIONS_WEIGHT * sum(errors)

    return loss


def taught(
    network: CampplusNetwork,
    loss: Loss,
    feed: Iterator[Batch],
    n_steps: int,
    advance: Advance,
) -> CampplusNetwork:
    """The network after that many batches: the average of its weights."""
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=PEAK_RATE, betas=MOMENTA, weight_decay=WEIGHT_DECAY
    )
    settings = FitSettings(optimiser, n_steps, min(N_WARM_UP, n_steps), AVERAGE_DECAY, LARGEST_NORM)
    return fit(network, loss, feed, settings, lambda *_: advance(1))


@torch.inference_mode()
def least_telling(teacher: CampplusNetwork, judged: Sequence[Batch]) -> set[tuple[int, int]]:
    """Block and place of the layers beyond `KEPT_LAYERS` whose silence moves the points least."""

    def points() -> Tensor:
        batches = [torch.from_numpy(bands) for _, bands, _ in judged]
        return torch.cat([teacher.point(sums(teacher.frames.stages(b)[-1])) for b in batches])

    whole = points()
    result: set[tuple[int, int]] = set()
    for b, (block, n_kept) in enumerate(zip(teacher.frames.blocks, KEPT_LAYERS, strict=True)):
        layers = list(block)[:-1]
        likeness = []
        for layer in layers if n_kept < len(layers) else ():
            silence = layer.register_forward_hook(lambda _, __, output: torch.zeros_like(output))
            likeness.append(float((points() * whole).sum()))
            silence.remove()
        dropped = np.argsort(likeness)[::-1][: len(layers) - n_kept]
        result |= {(b, int(place)) for place in dropped}
    return result


def _relative_error(found: Tensor, expected: Tensor) -> Tensor:
    """Mean over channels of the squared error in variances of the channel (N, C, T)."""
    found, expected = found.float(), expected.float()
    variance = expected.var(dim=(0, 2)) + 1e-3 * expected.var()
    error = (found - expected).square().mean(dim=(0, 2)) / variance
    return error.clamp_max(LARGEST_ERROR).mean()


def _as_sent(cepstra: Tensor) -> Tensor:
    """(N, T, 40) what the exported network is given; it does not hear the first half."""
    return torch.cat([torch.zeros_like(cepstra), cepstra], dim=2)
