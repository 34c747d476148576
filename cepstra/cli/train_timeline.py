"""`train-timeline`: learn when stretches of a recording are one voice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from cepstra.cli._options import FOLDER, corpora_option, out_option, seed_option
from cepstra.cli._progress import one_bar
from cepstra.frontend import page_definition
from cepstra.store.arrays import pack
from cepstra.timeline import doubt
from cepstra.timeline.regressions import JOIN_INPUTS, UNIT_INPUTS
from cepstra.timeline.voices import VoiceComparison
from cepstra.training.timeline import Fit, fit_regressions, hear_meeting
from cepstra.training.timeline_doubts import fit_doubts
from cepstra.training.timeline_meetings import (
    count_meetings,
    fitting_meetings,
    fitting_speakers,
)
from cepstra.verification.registry import limit_blas_threads
from cepstra.verification.shipped import load_uncalibrated
from cepstra.whole_files import write_whole


@click.command("train-timeline")
@corpora_option
@click.option(
    "--more",
    type=FOLDER,
    help="Folder SPEAKER/NAME.wav of voices kept from the networks, with much to say.",
)
@out_option("models/timeline.safetensors")
@seed_option
def command(corpora: Path, more: Path | None, out: Path, seed: int) -> None:
    """Fit the timeline's regressions and thresholds on joined meetings of background speakers.

    After train-background and train-embedding, whose seed it must be: it tells which speakers
    none has seen. Prints the weights, and what is told wrong of those meetings.
    """
    limit_blas_threads()
    verifier = load_uncalibrated()
    comparison = VoiceComparison(verifier)
    speakers = fitting_speakers(corpora, seed, more)
    with one_bar("meetings", count_meetings(speakers)) as advance:
        heard = []
        for source, meeting in fitting_meetings(speakers, seed):
            heard.append(hear_meeting(comparison, source, meeting))
            advance(1)
    meetings = [one for one in heard if one]
    fit = fit_regressions(comparison, meetings, seed)
    weights = fit_doubts(comparison, verifier.background.cmn, meetings, fit.regressions)
    fit = replace(fit, regressions=replace(fit.regressions, doubts=weights))
    write_whole(out, pack(fit.regressions.to_arrays(), {"frontend": page_definition().id}))
    click.echo(report(fit))
    click.echo(f"{out}: {fit.n_pairs} pairs and {fit.n_joins} joins of {len(heard)} meetings")


def report(fit: Fit) -> str:
    """Tell weights, thresholds and error rates, a line each."""
    found = fit.regressions
    rates = ", ".join(f"{source} {100 * rate:.1f}%" for source, rate in fit.rates.items())
    doubts = (
        f"{n}: {_weights(doubt.INPUTS, row)}"
        for n, row in zip(doubt.OUTCOMES, found.doubts, strict=True)
    )
    lines = (
        f"units: {_weights(UNIT_INPUTS, found.units)}",
        f"joins: {_weights(JOIN_INPUTS, found.joins)}",
        *doubts,
        f"sure above {found.sure_llr}, joined above {found.join_llr}",
        f"diarization error before voices are cut anew: {rates}",
        f"of the meetings of one voice {100 * fit.split_share:.0f}% are told as more",
    )
    return "\n".join(lines)


def _weights(names: Sequence[str], weights: Iterable[float]) -> str:
    pairs = zip((*names, "constant"), weights, strict=True)
    return ", ".join(f"{name} {weight:.2f}" for name, weight in pairs)
