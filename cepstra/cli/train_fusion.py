"""`train-fusion`: calibrate mixtures and networks together on voices that none has seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from safetensors.numpy import save

from cepstra.cli._options import corpora_option, out_option, seed_option
from cepstra.cli._progress import bar, bars
from cepstra.cli._workers import Workers, workers_options
from cepstra.frontend import page_definition
from cepstra.training.calibration_trials import ENROLLED_TAKES, scored_trials
from cepstra.training.fusion import (
    CALIBRATIONS,
    fit_calibrations,
    fit_embedding_calibration,
)
from cepstra.training.leave_one_out import LeftOut, leave_one_corpus_out
from cepstra.training.recordings import calibration_recordings, read_utterances
from cepstra.verification.shipped import EMBEDDING, load_uncalibrated
from cepstra.whole_files import write_whole


@click.command("train-fusion")
@corpora_option
@out_option("models/fusion.safetensors")
@seed_option
@workers_options
def command(corpora: Path, out: Path, seed: int, workers: Workers) -> None:
    """Calibrate the shipped mixtures and networks together, and embeddings alone beside.

    After train-background, train-embedding tdnn or campplus. The seed must be theirs: it tells
    which speakers none has seen; those of speechocean and wuw are the same for all seeds. Prints
    what the calibration is worth on each corpus when it is fitted on all others.
    """
    recordings = calibration_recordings(corpora, seed)
    with workers.started() as engine, bars() as progress:
        listening = bar(progress, "features", len(recordings))
        utterances = read_utterances(recordings, seed, engine, listening)
        scoring = bar(progress, "trials", 1)
        verifier = load_uncalibrated()
        trials = scored_trials(verifier, utterances, seed, engine)
        scoring(1)
    metadata = {"frontend": page_definition().id, "seed": str(seed)}
    write_whole(out, save(fit_calibrations(verifier, trials), metadata))
    alone = fit_embedding_calibration(verifier, trials)
    write_whole(out.with_name(EMBEDDING.name), save(alone, metadata))
    Console(width=120).print(
        _table(leave_one_corpus_out(verifier, trials, CALIBRATIONS["calibration"]))
    )
    n_speakers = len({u.speaker for u in utterances})
    click.echo(f"{out}: {len(trials.targets)} trials of {n_speakers} speakers, seed {seed}")


def _table(found: Sequence[LeftOut]) -> Table:
    """One row a corpus; at the threshold that the others give for 1% false accepts."""
    takes = [f"FAR, {n} takes" for n in ENROLLED_TAKES]
    table = Table("left out", "EER %", "FAR %", "FRR %", *takes, "Cllr", "min Cllr")
    for one in found:
        rates = [one.far_by_takes.get(n) for n in ENROLLED_TAKES]
        table.add_row(
            one.corpus,
            *(f"{rate:.2f}" for rate in (one.eer, one.far, one.frr)),
            *("" if rate is None else f"{rate:.2f}" for rate in rates),
            *(f"{bits:.3f}" for bits in (one.cllr, one.min_cllr)),
        )
    return table
