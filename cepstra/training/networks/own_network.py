"""Train a family's network on recordings of one's own, and write a model folder."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cepstra.frontend import page_definition
from cepstra.jobs.engine import Advance, Engine
from cepstra.training.networks.classification import Classifier
from cepstra.training.networks.early_stopping import Fit, Pairs, Progress, Rounds, fit
from cepstra.training.networks.families import FAMILIES, Stage
from cepstra.training.networks.family_training import (
    Family,
    calibrated_file,
    described,
    feed_of,
    scales_of,
)
from cepstra.training.networks.own_voices import (
    FEWEST_HELD_OUT_TAKES,
    OwnVoices,
    expect_held_out,
    expect_speakers,
    stopping_takes,
)
from cepstra.training.networks.spoken_takes import (
    OWN_SPEED,
    OwnFolder,
    Takes,
    loaded,
    make_takes,
    saved,
)
from cepstra.training.networks.voice_batches import grouped
from cepstra.whole_files import expected_whole, write_whole

UNFINISHED = "unfinished"  # in the model folder: features and checkpoint, until the end
TAKES, CHECKPOINT = "takes.npz", "checkpoint.safetensors"
HELD_BATCHES = 3
SEED_STEP = 1_000_000  # more than there are rounds
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class OwnRequest:
    """What to train.

    Attributes:
        family: one of `OWN_FAMILIES`.
        voices: what from.
        out: the model folder; what is in its folder `unfinished` is gone on with.
        seed: of everything random.
        n_devices: simulated devices that each recording is heard on, beside itself.
        rounds: how long.
        engine: what the features are computed on.
        stage: called with the name and size of each stage, gives what reports its progress.
    """

    family: str
    voices: OwnVoices
    out: Path
    seed: int
    n_devices: int
    rounds: Rounds
    engine: Engine
    stage: Stage


@dataclass(frozen=True)
class Trained:
    """What became of it.

    Attributes:
        network: content of its file.
        figures: by name; seconds of speech and rates in percent.
        broken: files that could not be read, a line each.
    """

    network: bytes
    figures: Mapping[str, float]
    broken: list[str]


def train_own(request: OwnRequest) -> Trained:
    """Fit the network and calibrate it on the held-out speakers.

    The same request gives the same file on the same machine, interrupted or not.

    Raises:
        TooFewError: too few speakers have speech.
        DamagedFileError: what is gone on with is not as it was written.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # else a GPU adds in any order
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    torch.manual_seed(request.seed)
    torch.set_num_threads(1)  # more wait for one another: layers are small, and sums keep an order
    folder = request.out / UNFINISHED
    family: Family = importlib.import_module(FAMILIES[request.family]).FAMILY
    takes, broken = _takes(request, folder / TAKES)
    learnt, held = _divided(request, takes)
    scales = scales_of(family.sees, takes, np.concatenate([t for v in learnt for t in v]))

    def batches_of(groups: list[list[IntArray]], seed: int) -> Any:
        return feed_of(family.sees, takes, groups, scales, seed)

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    start = Fit(Classifier(family.network(), family.head(len(learnt))), device)
    seed = SEED_STEP * request.seed
    classifier = fit(
        start,
        lambda number: batches_of(learnt, seed + 1 + number),
        _held(batches_of([own for _, own in held], seed), [n for n, _ in held]),
        request.rounds,
        folder / CHECKPOINT,
        request.stage("fit", request.rounds.most * request.rounds.steps),
    )
    description = described(family, scales, request.seed)
    network, errors = calibrated_file(
        classifier.network, description, takes, request.seed, request.stage
    )
    figures = {**_amounts(takes), **_fit_figures(classifier, start.progress), **errors}
    return Trained(network, figures, broken)


def _takes(request: OwnRequest, path: Path) -> tuple[Takes, list[str]]:
    unread = path.with_suffix(".json")
    if not (path.is_file() and unread.is_file()):
        report = request.stage("features", len(request.voices.recordings))
        made, broken = heard(
            request.voices, request.n_devices, request.seed, request.engine, report
        )
        write_whole(unread, json.dumps(broken))
        saved(made, path)
    takes = loaded(path)
    expect_enough(takes)
    with expected_whole(unread):
        return takes, [str(line) for line in json.loads(unread.read_text(encoding="utf-8"))]


def heard(
    voices: OwnVoices, n_devices: int, seed: int, engine: Engine, report: Advance
) -> tuple[Takes, list[str]]:
    """Return the takes of one's own voices, and what could not be read, a line each.

    Args:
        voices: whose.
        n_devices: simulated ones that each recording is heard on, beside itself.
        seed: of devices and noises.
        engine: what the work runs on.
        report: called with 1 after each recording.
    """
    own = OwnFolder(voices.held_out)
    takes = make_takes(voices.recordings, 1 + n_devices, seed, engine, report, own)
    return takes, own.broken


def expect_enough(takes: Takes) -> None:
    """Refuse to train from too few speakers with speech, or to calibrate with too few.

    Raises:
        TooFewError: says how many are needed and why.
    """
    names, counts = np.unique(takes.speakers[_as_recorded(takes)], return_counts=True)
    expect_speakers(len(names), "speech that can be read")
    kept = np.unique(takes.speakers[takes.held_out])
    expect_held_out(int(np.isin(names[counts >= FEWEST_HELD_OUT_TAKES], kept).sum()))


def _as_recorded(takes: Takes) -> NDArray[np.bool_]:
    recorded: NDArray[np.bool_] = (takes.versions == 0) & (takes.speeds == OWN_SPEED)
    return recorded


def _divided(
    request: OwnRequest, takes: Takes
) -> tuple[list[list[IntArray]], list[tuple[int, list[IntArray]]]]:
    """Takes of each voice to learn from, by version; those to stop by, with the voice's index."""
    stopping = stopping_takes(takes, request.voices.sessions, request.seed)
    names, learnt = grouped(takes, np.flatnonzero(~takes.held_out & ~stopping))
    others, held = grouped(takes, np.flatnonzero(stopping))
    index = {name: number for number, name in enumerate(names)}
    pairs = [(index[n], own) for n, own in zip(others, held, strict=True) if n in index]
    return learnt, pairs


def _held(batches: Any, voices: list[int]) -> Pairs:
    """A few batches that stay the same, with the indices of the voices that are learnt."""
    known = np.array(voices, dtype=np.int64)
    return [(inputs, known[order]) for inputs, order in islice(batches, HELD_BATCHES)]


def _amounts(takes: Takes) -> dict[str, float]:
    here = _as_recorded(takes)
    figures: dict[str, float] = {}
    for name, chosen in (("training", here & ~takes.held_out), ("held-out", here & takes.held_out)):
        n_frames = float(takes.spans[chosen, 1].sum())
        figures[f"{name} speakers"] = len(np.unique(takes.speakers[chosen]))
        figures[f"{name} speech, s"] = n_frames / page_definition().frames_per_second
    return figures


def _fit_figures(classifier: Classifier, progress: Progress) -> dict[str, float]:
    return {
        "parameters": sum(p.numel() for p in classifier.network.parameters()),
        "rounds": progress.rounds,
        "best round": progress.best_round,
        "loss of the best, nats": progress.best_loss,
    }
