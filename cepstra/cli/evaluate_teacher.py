"""`evaluate-teacher`: error rates of the large network that hears the sound, on the same trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cepstra.cli._options import shared_options
from cepstra.evaluation.conditions import CONDITIONS
from cepstra.evaluation.corpora import ALL_CORPORA, CORPORA, Corpus, Shared
from cepstra.evaluation.metrics import eer
from cepstra.evaluation.protocol import read_enrolment, read_trials
from cepstra.frontend import page_definition
from cepstra.frontend.audio import read_audio

Sound = NDArray[np.float64]
Embed = Callable[[Sound], NDArray[np.float32]]


@click.command("evaluate-teacher")
@shared_options
@click.option("--every", default=5, show_default=True, help="Take every n-th trial.")
def command(shared: Shared, every: int) -> None:
    """Score trials with CAM++, from sound: what the cepstra are measured against.

    Needs PyTorch and the teacher's weights: make setup-training. An enrolment is one embedding of
    all its recordings joined, an attempt likewise; the score is their cosine.
    """
    try:
        from cepstra.training.networks.teacher import Teacher
    except ModuleNotFoundError as error:
        text = f"the teacher needs {error.name}, which is not installed: make setup-training"
        raise click.ClickException(text) from error
    teacher = Teacher()
    table = Table("EER %", *CONDITIONS)
    for corpus in ALL_CORPORA:
        step = every if corpus in CORPORA else 1  # the others are small
        rates = [_rate(teacher.embed, corpus, c, shared, step) for c in corpus.conditions]
        table.add_row(corpus.name, *(f"{rate:.2f}" for rate in rates))
    Console().print(table)


def _rate(embed: Embed, corpus: Corpus, condition: str, shared: Shared, every: int) -> float:
    enrolled, tried = shared.lists(corpus)
    enrolment = read_enrolment(enrolled)
    trials = read_trials(tried, enrolment)[::every]
    audio, heard = shared.audio(corpus), shared.heard(corpus, condition)
    models = {name: embed(_joined(audio, files)) for name, files in enrolment.items()}
    scores: dict[bool, list[float]] = {True: [], False: []}
    for trial in track(trials, f"{corpus.name}, {condition}", console=Console(stderr=True)):
        tested = embed(_joined(heard, trial.files))
        scores[trial.is_target].append(float(models[trial.model] @ tested))
    return 100 * eer(scores[True], scores[False])


def _joined(folder: Path, files: Sequence[str]) -> Sound:
    rate_hz = page_definition().sample_rate_hz
    return np.concatenate([read_audio((folder / f).with_suffix(".flac"), rate_hz) for f in files])
