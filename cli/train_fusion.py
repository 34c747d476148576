"""`train-fusion`: calibrate mixtures and network together on voices that neither has seen."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from safetensors.numpy import save_file

from background.fusion import fit_fusion
from background.recordings import find_recordings, read_utterances
from background.sessions import NETWORK_HELD_OUT_SHARE, is_held_out
from cli._workers import Workers, workers_options
from features import page_definition
from features.audio import AudioError
from verification.shipped import load_background, load_network


@click.command("train-fusion")
@click.option(
    "--corpora",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with CORPUS/background/SPEAKER/*.flac.",
)
@click.option(
    "--out",
    default=Path("models/fusion.safetensors"),
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the parameters go.",
)
@click.option("--seed", default=1, show_default=True, help="That of mixtures and network.")
@workers_options
def command(corpora: Path, out: Path, seed: int, workers: Workers) -> None:
    """Calibrate the shipped mixtures and network together.

    After train-background or train-embedding tdnn. The seed must be theirs: it tells which
    speakers both have not seen.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    try:
        recordings = [
            recording
            for recording in find_recordings(corpora)
            if is_held_out(recording.speaker, seed, NETWORK_HELD_OUT_SHARE)
        ]
        console = Console(stderr=True)
        with workers.started() as engine, Progress(*columns, console=console) as progress:
            listening = progress.add_task("features", total=len(recordings))
            utterances = read_utterances(
                recordings, seed, engine, lambda n: progress.advance(listening, n)
            )
            scoring = progress.add_task("trials", total=1)
            arrays = fit_fusion(load_background(), load_network(), utterances, seed, engine)
            progress.advance(scoring)
    except (FileNotFoundError, AudioError) as error:
        raise click.ClickException(str(error)) from error
    save_file(arrays, out, metadata={"frontend": page_definition().id, "seed": str(seed)})
    click.echo(f"{out}: calibrated on {len({u.speaker for u in utterances})} speakers, seed {seed}")
