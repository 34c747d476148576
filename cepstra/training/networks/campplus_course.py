"""CAM++ taught to hear cepstra: whole at first, then without half its layers and frames."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from cepstra.training.networks.batches import Drawing, batches
from cepstra.training.networks.campplus import CampplusNetwork
from cepstra.training.networks.campplus_export import network_files
from cepstra.training.networks.campplus_start import at_half_rate, whole_network, without
from cepstra.training.networks.distillation import Course, centred, fit
from cepstra.training.networks.families import Request
from cepstra.training.networks.taught_voices import taught_voices, training_groups, write_network
from cepstra.training.networks.teacher import teacher_network

FloatArray = NDArray[Any]
Batch = tuple[FloatArray, FloatArray]
Loss = Callable[[CampplusNetwork, Tensor, Tensor], Tensor]

N_STEPS = 4000
WHOLE_SHARE = 0.25  # of the steps, before layers are dropped
KEPT_LAYERS = (12, 12, 8)  # of 12, 24 and 16
BATCH_FRAMES = 4800
TYPICAL_FRAMES, SPREAD = 85, 0.5  # of an attempt, log-normal
SHORTEST, LONGEST = 30, 220
NEIGHBOURS_WEIGHT = 0.3
TEMPERATURE = 0.07
PEAK_RATE = 4e-4
CAREFUL_RATE = 2e-4  # of the head, whose inputs are new to it
N_WARM_UP = 50
WEIGHT_DECAY = 0.01
MOMENTA = (0.9, 0.98)
AVERAGE_DECAY = 0.995
LARGEST_NORM = 3.0
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
    voices, vectors = taught_voices(groups, request, scaled=False)
    loss = neighbourhood_loss(centred(vectors))
    network = whole_network(teacher_network(), vectors.mean(axis=0))
    n_steps = request.n_steps or N_STEPS
    n_whole = max(1, int(WHOLE_SHARE * n_steps))
    advance = request.stage("fit", n_whole + n_steps)
    feed = batches(voices, request.seed, drawing_of(voices.corpora))
    network = taught(network, loss, feed, n_whole, advance)
    judged = list(islice(feed, JUDGING_BATCHES))
    network = at_half_rate(without(network, least_harmful(network, loss, judged)))
    network = taught(network, loss, feed, n_steps, advance)
    examples = [torch.from_numpy(frames[:EXAMPLES]) for frames, _ in islice(feed, 1)]
    scaling = voices.centre, voices.scale
    write_network(network_files(network, examples), scaling, request, groups)
    n_parameters = sum(p.numel() for p in network.parameters())
    return {"parameters": n_parameters, "voices": len(vectors), "steps": n_whole + n_steps}


def drawing_of(corpora: Sequence[str]) -> Drawing:
    """A corpus comes by the square root of its number of voices, so that small ones are heard."""
    sizes = Counter(corpora)
    weights = np.array([sizes[corpus] ** -0.5 for corpus in corpora])
    return Drawing(attempt_length, BATCH_FRAMES, weights / weights.sum())


def attempt_length(rng: np.random.Generator) -> int:
    """Frames of an attempt: mostly under a second, sometimes two."""
    return int(np.clip(rng.lognormal(math.log(TYPICAL_FRAMES), SPREAD), SHORTEST, LONGEST))


def neighbourhood_loss(targets: FloatArray) -> Loss:
    """Make the loss of attempts whose voices have these unit vectors (V, 192).

    It is the distance by cosine, and how far the attempt's neighbours among all voices diverge
    from the voice's own (Kullback and Leibler).
    """
    vectors = torch.from_numpy(targets.astype(np.float32))

    def loss(network: CampplusNetwork, frames: Tensor, chosen: Tensor) -> Tensor:
        points, own = network(frames), vectors[chosen]
        expected = functional.softmax(own @ vectors.T / TEMPERATURE, dim=1)
        found = functional.log_softmax(points @ vectors.T / TEMPERATURE, dim=1)
        divergence = functional.kl_div(found, expected, reduction="batchmean")
        return 1 - (points * own).sum(dim=1).mean() + NEIGHBOURS_WEIGHT * divergence

    return loss


def taught(
    network: CampplusNetwork,
    loss: Loss,
    feed: Iterator[Batch],
    n_steps: int,
    advance: Callable[[int], None],
) -> CampplusNetwork:
    """The network after that many batches: the average of its weights."""
    careful = {*network.frames.bands.parameters(), *network.frames.head.parameters()}
    rest = [p for p in network.parameters() if p not in careful]
    optimiser = torch.optim.AdamW(
        [{"params": list(careful), "lr": CAREFUL_RATE}, {"params": rest}],
        lr=PEAK_RATE, betas=MOMENTA, weight_decay=WEIGHT_DECAY,
    )  # fmt: skip
    course = Course(optimiser, n_steps, min(N_WARM_UP, n_steps), AVERAGE_DECAY, LARGEST_NORM)
    return fit(network, lambda *batch: loss(network, *batch), feed, course, lambda *_: advance(1))


@torch.inference_mode()
def least_harmful(
    network: CampplusNetwork, loss: Loss, judged: Sequence[Batch]
) -> set[tuple[int, int]]:
    """Block and place of the layers beyond `KEPT_LAYERS` whose silence raises the loss least."""

    def mean_loss() -> float:
        return float(np.mean([loss(network, *map(torch.from_numpy, b)) for b in judged]))

    result: set[tuple[int, int]] = set()
    for b, (block, n_kept) in enumerate(zip(network.frames.blocks, KEPT_LAYERS, strict=True)):
        layers = list(block)[:-1]
        losses = []
        for layer in layers if n_kept < len(layers) else ():
            silence = layer.register_forward_hook(lambda _, __, output: torch.zeros_like(output))
            losses.append(mean_loss())
            silence.remove()
        result |= {(b, int(p)) for p in np.argsort(losses)[: len(layers) - n_kept]}
    return result
