"""`evaluate-timeline`: who speaks when in joined meetings, against their known turns."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
from scipy.io import wavfile

from cepstra.cli._options import FOLDER, NEW_FOLDER, seed_option, shared_option
from cepstra.cli._progress import one_bar
from cepstra.evaluation.diarization import Spoken
from cepstra.evaluation.joined_meetings import (
    CALL_SOURCES,
    CALL_SPEAKERS,
    SOURCES,
    SPEAKERS,
    Meeting,
    calls,
    meetings,
)
from cepstra.evaluation.report import table
from cepstra.evaluation.timeline import COLUMNS, Tell, read_rttm, summarise, told_by
from cepstra.frontend import page_definition
from cepstra.jobs.engine import Advance
from cepstra.verification.registry import limit_blas_threads
from cepstra.verification.shipped import load_fusion
from cepstra.verification.timeline_parameters import load_diarizer


@click.command("evaluate-timeline")
@shared_option
@seed_option
@click.option(
    "--save", type=NEW_FOLDER, help="Write the meetings there as WAV, with their turns as RTTM."
)
@click.option(
    "--told",
    type=FOLDER,
    help="Judge another tool: its NAME.rttm for each NAME.wav of --save.  [default: our own]",
)
def command(shared: Path, seed: int, save: Path | None, told: Path | None) -> None:
    """Join recordings of speakers that nothing was tuned on into meetings, and judge a timeline.

    Prints a table: diarization error with and without a collar of 0.25 s, voices counted, changes
    of voice found within 0.5 s, and how much of two at once and of wrong voices is said to be
    not sure. Calls of two channels are there twice, mixed and with each side by itself.
    """
    limit_blas_threads()
    tell = _from_files(told) if told else told_by(load_diarizer(load_fusion()))
    began_s, heard_s = time.process_time(), 0.0
    rows = []
    n_meetings, n_calls = len(SOURCES) * len(SPEAKERS), 2 * len(CALL_SOURCES) * len(CALL_SPEAKERS)
    with one_bar("meetings", n_meetings + n_calls) as advance:
        for name, found in _recordings(shared / "corpora", seed, save):
            summary = summarise(name, _followed(found, advance), tell)
            heard_s += summary.spoken_s
            rows.append(summary.row())
    click.echo(table(COLUMNS, rows), nl=False)
    if not told:
        share = (time.process_time() - began_s) / heard_s
        click.echo(f"\n{3600 * share:.0f} s of one core for an hour, joining included")


def _recordings(
    corpora: Path, seed: int, save: Path | None
) -> Iterator[tuple[str, Iterator[Meeting]]]:
    """The meetings and calls of each row, with its name; written where that is asked for."""
    for source in SOURCES:
        yield source.name, _saved(meetings(corpora, source, seed), save)
    for source in CALL_SOURCES:
        mixed = (call.mixed for call in calls(corpora, source, seed))
        yield f"calls, {source.name}: mixed", mixed
        yield f"calls, {source.name}: each side", _saved(calls(corpora, source, seed), save)


def _followed(found: Iterator[Meeting], advance: Advance) -> Iterator[Meeting]:
    for meeting in found:
        yield meeting
        advance(1)


def _saved(found: Iterator[Meeting], folder: Path | None) -> Iterator[Meeting]:
    for meeting in found:
        if folder:
            _save(meeting, folder)
        yield meeting


def _save(meeting: Meeting, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    samples = np.round(meeting.samples.T * 32767).astype(np.int16)
    path = folder / f"{meeting.name}.wav"
    wavfile.write(path, page_definition().sample_rate_hz, samples)
    turns = [
        f"SPEAKER {meeting.name} 1 {turn.start_s:.3f} {turn.end_s - turn.start_s:.3f} "
        f"<NA> <NA> {turn.speaker} <NA> <NA>\n"
        for turn in meeting.turns
    ]
    path.with_suffix(".rttm").write_text("".join(turns), encoding="utf-8")


def _from_files(folder: Path) -> Tell:
    def tell(meeting: Meeting) -> list[Spoken]:
        path = folder / f"{meeting.name}.rttm"
        try:
            return read_rttm(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise click.ClickException(f"{path}: {error}") from error

    return tell
