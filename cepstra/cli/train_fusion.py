"""`train-fusion`: calibrate mixtures and network together on voices that neither has seen."""

from __future__ import annotations

from pathlib import Path

import click
from safetensors.numpy import save_file

from cepstra.cli._options import corpora_option, out_option, seed_option
from cepstra.cli._progress import bar, bars
from cepstra.cli._workers import Workers, workers_options
from cepstra.frontend import page_definition
from cepstra.frontend.audio import AudioError
from cepstra.training.fusion import fit_fusion
from cepstra.training.recordings import find_recordings, read_utterances
from cepstra.training.sessions import NETWORK_HELD_OUT_SHARE, is_held_out
from cepstra.verification.shipped import load_background, load_network


@click.command("train-fusion")
@corpora_option
@out_option("models/fusion.safetensors")
@seed_option
@workers_options
def command(corpora: Path, out: Path, seed: int, workers: Workers) -> None:
    """Calibrate the shipped mixtures and network together.

    After train-background or train-embedding tdnn. The seed must be theirs: it tells which
    speakers both have not seen.
    """
    try:
        recordings = [
            recording
            for recording in find_recordings(corpora)
            if is_held_out(recording.speaker, seed, NETWORK_HELD_OUT_SHARE)
        ]
        with workers.started() as engine, bars() as progress:
            listening = bar(progress, "features", len(recordings))
            utterances = read_utterances(recordings, seed, engine, listening)
            scoring = bar(progress, "trials", 1)
            arrays = fit_fusion(load_background(), load_network(), utterances, seed, engine)
            scoring(1)
    except (FileNotFoundError, AudioError) as error:
        raise click.ClickException(str(error)) from error
    save_file(arrays, out, metadata={"frontend": page_definition().id, "seed": str(seed)})
    click.echo(f"{out}: calibrated on {len({u.speaker for u in utterances})} speakers, seed {seed}")
