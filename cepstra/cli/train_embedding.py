"""`train-embedding`: train an embedding network and write it as ONNX."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cepstra.cli._options import FOLDER, build_option, corpora_option, seed_option
from cepstra.cli._progress import bar, bars
from cepstra.cli._workers import Workers, workers_options
from cepstra.training.networks.families import FAMILIES, TAUGHT_FAMILIES, Request, train


@click.command("train-embedding")
@click.argument("family", type=click.Choice(list(FAMILIES)))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the network goes.  [default: models/FAMILY.onnx]",
)
@corpora_option
@build_option
@seed_option
@click.option(
    "--steps", "n_steps", type=click.IntRange(1), help="Batches.  [default: the family's]"
)
@click.option(
    "--more",
    multiple=True,
    type=FOLDER,
    help="Folder SPEAKER/NAME.flac or .wav of speakers to learn from besides; several times.",
)
@workers_options
def command(family: str, out: Path | None, workers: Workers, **course: Any) -> None:
    """Train one family of embedding networks on the background speakers.

    Needs PyTorch: make setup-training. Some speakers, drawn by name, are kept from the network;
    they calibrate its scores. The same corpora, seed and processes, which are the threads of the
    fit, give the same file. campplus and tdnn are taught by a larger network, write three files and
    are calibrated by train-fusion.
    """
    if course["more"] and family not in TAUGHT_FAMILIES:
        raise click.BadParameter(f"{family} learns from --corpora alone", param_hint="--more")
    out = out or Path("models") / f"{family}.onnx"
    with workers.started() as engine, bars() as progress:
        request = Request(
            out=out,
            engine=engine,
            n_threads=workers.processes,
            stage=partial(bar, progress),
            **course,
        )
        figures = train(family, request)
    table = Table("figure", "value", title=f"{family}, seed {request.seed}, in {out.parent}")
    for name, value in figures.items():
        table.add_row(name, f"{value:.6g}" if value == int(value) else f"{value:.2f}")
    Console().print(table)
