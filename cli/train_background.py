"""`train-background`: fit the background model on the background corpora."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from safetensors.numpy import save_file

from background.recordings import find_recordings, read_utterances
from background.training import STAGES, train
from cli._workers import Workers, workers_options
from features import page_definition
from features.audio import AudioError


@click.command("train-background")
@click.option(
    "--corpora",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with CORPUS/background/SPEAKER/*.flac.",
)
@click.option(
    "--out",
    default=Path("models/background.safetensors"),
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the parameters go.",
)
@click.option("--seed", default=1, show_default=True, help="Of everything random.")
@workers_options
def command(corpora: Path, out: Path, seed: int, workers: Workers) -> None:
    """Fit the background model: mixtures, subspaces, cohort and calibration.

    The same corpora and seed give the same file on one machine.
    """
    try:
        recordings = find_recordings(corpora)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with workers.started() as engine, Progress(*columns, console=console) as progress:
        listening = progress.add_task("features", total=len(recordings))
        try:
            utterances = read_utterances(
                recordings, seed, engine, lambda n: progress.advance(listening, n)
            )
        except AudioError as error:
            raise click.ClickException(str(error)) from error
        fitting = progress.add_task("models", total=len(STAGES))
        arrays = train(utterances, seed, engine, lambda stage: progress.advance(fitting))
    out.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"frontend": page_definition().id, "seed": str(seed)}
    save_file(arrays, out, metadata=metadata)
    n_speakers = len({u.speaker for u in utterances})
    click.echo(f"{out}: {len(utterances)} recordings of {n_speakers} speakers, seed {seed}")
