"""`train-embedding`: train an embedding network and write it as ONNX."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from background.networks.families import FAMILIES, Advance, Request, train
from cli._workers import Workers, workers_options
from features.audio import AudioError


@click.command("train-embedding")
@click.argument("family", type=click.Choice(list(FAMILIES)))
@click.option(
    "--corpora",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with CORPUS/background/SPEAKER/*.flac.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the network goes.  [default: models/FAMILY.onnx]",
)
@click.option(
    "--build",
    default=Path("build"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for features that the next training can use again.",
)
@click.option("--seed", default=1, show_default=True, help="Of everything random.")
@workers_options
@click.option("--steps", type=click.IntRange(1), help="Batches.  [default: the family's]")
def command(
    family: str,
    corpora: Path,
    out: Path | None,
    build: Path,
    seed: int,
    steps: int | None,
    workers: Workers,
) -> None:
    """Train one family of embedding networks on the background speakers.

    Needs PyTorch: make setup-training. Some speakers, drawn by name, are kept from the network;
    they calibrate its scores. The same corpora, seed and processes, which are the threads of the
    fit, give the same file. The tdnn is taught by a larger network, writes three files and is
    calibrated by train-fusion.
    """
    out = out or Path("models") / f"{family}.onnx"
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with (
        workers.started() as engine,
        Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress,
    ):
        stage = partial(_stage, progress)
        threads = workers.processes
        request = Request(corpora, out, build, seed, engine, threads, steps, stage)
        try:
            figures = train(family, request)
        except ModuleNotFoundError as error:
            text = f"training needs {error.name}, which is not installed: make setup-training"
            raise click.ClickException(text) from error
        except (FileNotFoundError, AudioError) as error:
            raise click.ClickException(str(error)) from error
    table = Table("figure", "value", title=f"{family}, seed {seed}, in {out.parent}")
    for name, value in figures.items():
        table.add_row(name, f"{value:.6g}" if value == int(value) else f"{value:.2f}")
    Console().print(table)


def _stage(progress: Progress, name: str, total: int) -> Advance:
    return partial(progress.advance, progress.add_task(name, total=total))
