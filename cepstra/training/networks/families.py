"""The families of networks that can be trained, and what each is asked for and gives."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cepstra.jobs.engine import Advance, Engine

Stage = Callable[[str, int], Advance]  # name and size of a stage -> what reports its progress

# Name -> module with `train(request) -> figures`, or with a `Family` that has it, as `FAMILY`. It
# is imported on use: it needs PyTorch.
FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "campplus": "cepstra.training.networks.campplus_training",
        "tdnn": "cepstra.training.networks.tdnn",
        "crnn-attention": "cepstra.training.networks.crnn_attention",
        "cnn-lstm": "cepstra.training.networks.cnn_lstm",
        "dense-stats": "cepstra.training.networks.dense_stats",
    }
)

TAUGHT_FAMILIES = ("campplus", "tdnn")
OWN_FAMILIES = ("cnn-lstm", "crnn-attention", "dense-stats")  # they need no teacher


@dataclass(frozen=True)
class Request:
    """What a family's training gets.

    Attributes:
        corpora: folder with CORPUS/background/SPEAKER/*.flac.
        out: where the ONNX file goes.
        build: folder for what may be used again, such as the takes' features.
        seed: of everything random.
        engine: what the takes' features are computed on.
        n_threads: of the fit.
        n_steps: batches; None for the family's own number.
        stage: called with the name and size of each stage, gives what reports its progress.
        more: folders SPEAKER/NAME.flac of further speakers, for `TAUGHT_FAMILIES`.
    """

    corpora: Path
    out: Path
    build: Path
    seed: int
    engine: Engine
    n_threads: int
    n_steps: int | None
    stage: Stage
    more: tuple[Path, ...] = ()


def train(family: str, request: Request) -> Mapping[str, float]:
    """Train a family and write its file.

    Args:
        family: one of `FAMILIES`.
        request: what to train from and where to put it.

    Returns:
        Figures of merit by name, rates in percent.

    Raises:
        ModuleNotFoundError: what training needs is not installed.
        FileNotFoundError: a corpus is missing.
        cepstra.frontend.audio.AudioError: a recording is broken.
    """
    module = importlib.import_module(FAMILIES[family])
    trainer = module.FAMILY if family in OWN_FAMILIES else module
    figures: Mapping[str, float] = trainer.train(request)
    return figures
