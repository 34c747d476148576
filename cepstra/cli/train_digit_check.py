"""`train-digit-check`: learn how takes of the same word differ, on the background corpus."""

from __future__ import annotations

from pathlib import Path

import click
from safetensors.numpy import save

from cepstra.cli._options import corpora_option, out_option
from cepstra.cli._workers import Workers, workers_options
from cepstra.digits.metric_training import Words, train_metric
from cepstra.evaluation.recordings import FeatureCache
from cepstra.frontend import page_definition
from cepstra.training.recordings import find_recordings
from cepstra.whole_files import write_whole


@click.command("train-digit-check")
@corpora_option
@out_option("models/digits.safetensors")
@workers_options
def command(corpora: Path, out: Path, workers: Workers) -> None:
    """Fit the metric of the digit check; nothing in it is random."""
    definition = page_definition()
    found = [recording for recording in find_recordings(corpora) if recording.digit is not None]
    with workers.started() as engine:
        takes = FeatureCache(engine).takes({str(r.path): r.path for r in found}, definition)
    speakers: dict[str, Words] = {}
    for recording in found:
        words = speakers.setdefault(recording.speaker, {})
        mfcc = takes[str(recording.path)].features.mfcc
        words.setdefault(recording.digit or 0, []).append(mfcc)
    metric = {"metric": train_metric(list(speakers.values()))}
    write_whole(out, save(metric, {"frontend": definition.id}))
    click.echo(f"{out}: {len(found)} takes of {len(speakers)} speakers")
