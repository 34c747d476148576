"""`train-background`: fit the background model on the background corpora."""

from __future__ import annotations

from pathlib import Path

import click
from safetensors.numpy import save

from cepstra.cli._options import corpora_option, out_option, seed_option
from cepstra.cli._progress import bar, bars
from cepstra.cli._workers import Workers, workers_options
from cepstra.frontend import page_definition
from cepstra.training.background import STAGES, train
from cepstra.training.recordings import find_recordings, read_utterances
from cepstra.whole_files import write_whole


@click.command("train-background")
@corpora_option
@out_option("models/background.safetensors")
@seed_option
@workers_options
def command(corpora: Path, out: Path, seed: int, workers: Workers) -> None:
    """Fit the background model: mixtures, subspaces, cohort and calibration.

    The same corpora and seed give the same file on one machine.
    """
    recordings = find_recordings(corpora)
    with workers.started() as engine, bars() as progress:
        listening = bar(progress, "features", len(recordings))
        utterances = read_utterances(recordings, seed, engine, listening)
        fitting = bar(progress, "models", len(STAGES))
        arrays = train(utterances, seed, engine, fitting)
    out.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"frontend": page_definition().id, "seed": str(seed)}
    write_whole(out, save(arrays, metadata))
    n_speakers = len({u.speaker for u in utterances})
    click.echo(f"{out}: {len(utterances)} recordings of {n_speakers} speakers, seed {seed}")
