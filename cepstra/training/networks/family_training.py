"""How all small families are trained: takes, fit, export, calibration, figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from torch import nn

from cepstra.frontend import page_definition
from cepstra.gmm.calibration import Calibration
from cepstra.jobs.engine import Advance
from cepstra.neural.embedder import Description, Embedder, Sees
from cepstra.neural.frames import network_input
from cepstra.training.networks.classification import (
    Batches,
    Classifier,
    MarginSoftmax,
    Softmax,
    UnitOutput,
)
from cepstra.training.networks.classification import fit as fit_classifier
from cepstra.training.networks.families import Request, Stage
from cepstra.training.networks.gallery_trials import calibrated
from cepstra.training.networks.onnx_export import EXAMPLE_FRAMES, exported, with_description
from cepstra.training.networks.spoken_takes import OWN_SPEED, Takes, loaded, make_takes, saved
from cepstra.training.networks.voice_batches import (
    frame_batches,
    grouped,
    scaling,
    vector_batches,
    voice_names,
)
from cepstra.training.recordings import find_recordings
from cepstra.whole_files import write_whole

IntArray = NDArray[np.int64]
Scales = tuple[NDArray[Any], NDArray[Any]]

N_VERSIONS = 6
FEWEST_TAKES = 3  # of a speaker, before one is held out
UNCALIBRATED = Calibration.without_allowance(np.zeros(1), 0.0, np.array([0.5]), np.array([0.0]))


@dataclass(frozen=True)
class Family:
    """What differs between the families.

    Attributes:
        name: of it.
        network: makes it, with random weights.
        head: makes the output layer for a number of voices.
        sees: frames or utterance vectors.
        n_steps: batches.
        tests_takes: whether the last take of each speaker is kept to measure classification.
    """

    name: str
    network: Callable[[], nn.Module]
    head: Callable[[int], MarginSoftmax | Softmax]
    sees: Sees
    n_steps: int
    tests_takes: bool = False

    def train(self, request: Request) -> Mapping[str, float]:
        """Train, write the file and return figures; the same request gives the same file."""
        torch.manual_seed(request.seed)
        torch.set_num_threads(request.n_threads)
        takes = _takes(request)
        trained_on = np.flatnonzero(~takes.held_out)
        tested = last_takes(takes, trained_on) if self.tests_takes else np.zeros(0, np.int64)
        used = trained_on[~np.isin(trained_on, tested)]
        names, groups = grouped(takes, used)
        scales = scales_of(self.sees, takes, used)
        description = described(self, scales, request.seed)
        feed = feed_of(self.sees, takes, groups, scales, request.seed)
        n_steps = request.n_steps or self.n_steps
        classifier = Classifier(self.network(), self.head(len(names)))
        classifier = fit_classifier(classifier, feed, n_steps, request.stage("fit", n_steps))
        n_parameters = sum(p.numel() for p in classifier.network.parameters())
        figures: dict[str, float] = {"parameters": n_parameters, "voices": len(names)}
        if len(tested):
            report = request.stage("classify", len(tested))
            figures |= _classified(classifier, takes, (tested, names), description, report)
        content, errors = calibrated_file(
            classifier.network, description, takes, request.seed, request.stage
        )
        write_whole(request.out, content)
        return {**figures, **errors}


def last_takes(takes: Takes, chosen: IntArray) -> IntArray:
    """Indices, in all speeds and versions, of the last take of each speaker who has three.

    Takes of one speaker follow one another, those of one recording together.
    """
    result: list[int] = []
    for _, own in groupby(chosen, key=lambda index: takes.speakers[index]):
        indices = list(own)
        first = [i for i in indices if takes.versions[i] == 0 and takes.speeds[i] == 0]
        if len(first) >= FEWEST_TAKES:
            result += [index for index in indices if index >= first[-1]]
    return np.array(result, dtype=np.int64)


def _takes(request: Request) -> Takes:
    recordings = find_recordings(request.corpora)
    name = f"spoken-takes-2-{len(recordings)}-{N_VERSIONS}-{request.seed}.npz"
    path: Path = request.build / name
    if not path.is_file():
        report = request.stage("features", len(recordings))
        saved(make_takes(recordings, N_VERSIONS, request.seed, request.engine, report), path)
    return loaded(path)


def scales_of(sees: Sees, takes: Takes, used: IntArray) -> Scales:
    """Mean and deviation of what a network sees of those takes, as recorded."""
    clean = used[takes.versions[used] == 0]
    if sees == "vector":
        return scaling(takes.vectors[clean])
    parts = [takes.frames[start : start + n] for start, n in takes.spans[clean]]
    return scaling(np.concatenate(parts).astype(np.float32))


def feed_of(
    sees: Sees, takes: Takes, groups: list[list[IntArray]], scales: Scales, seed: int
) -> Batches:
    """Endless batches of the voices of `groups`."""
    make = frame_batches if sees == "frames" else vector_batches
    return make(takes, groups, scales, seed)


def described(family: Family, scales: Scales, seed: int) -> Description:
    """What the file of a network says of it before it is calibrated."""
    centre, scale = (np.round(values, 4) for values in scales)
    frontend = page_definition().id
    return Description(
        family.name, frontend, family.sees, centre, scale, "mean", UNCALIBRATED, seed
    )


def example_of(description: Description) -> torch.Tensor:
    """One input of the network, for its export."""
    n_values = len(description.centre)
    frames = (1, EXAMPLE_FRAMES, 2 * n_values)
    return torch.zeros(frames if description.sees == "frames" else (1, n_values))


def calibrated_file(
    network: nn.Module, description: Description, takes: Takes, seed: int, stage: Stage
) -> tuple[bytes, Mapping[str, float]]:
    """The file of a network, calibrated on the held-out speakers, and error rates in percent."""
    model = exported(UnitOutput(network), example_of(description))
    embedder = Embedder(with_description(model, description))
    report = stage("calibrate", len(np.unique(takes.speakers[takes.held_out])))
    description, errors = calibrated(embedder, takes, seed, report)
    return with_description(model, description), errors


@torch.inference_mode()
def _classified(
    classifier: Classifier,
    takes: Takes,
    tested: tuple[IntArray, list[str]],
    description: Description,
    report: Advance,
) -> Mapping[str, float]:
    """Accuracy and macro F1 of held-out takes, each alone, as recorded."""
    indices, names = tested
    known = {name: index for index, name in enumerate(names)}
    voices = voice_names(takes)
    truth, found = [], []
    for index in indices:
        report(1)
        own = takes.versions[index] == 0 and takes.speeds[index] == OWN_SPEED
        if not own or str(voices[index]) not in known:
            continue
        start, n_frames = takes.spans[index]
        speech = takes.frames[start : start + n_frames].astype(np.float32)
        frames = network_input(speech, description.centre, description.scale)
        logits = classifier(torch.from_numpy(frames)[None])
        truth.append(known[str(voices[index])])
        found.append(int(logits.argmax()))
    return {
        "classified takes": len(truth),
        "accuracy": 100 * float(np.mean(np.array(truth) == np.array(found))),
        "macro F1": 100 * float(f1_score(truth, found, average="macro", zero_division=0)),
    }
