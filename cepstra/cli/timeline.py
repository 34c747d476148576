"""`timeline`: who speaks when in a recording, known voices by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from cepstra.cli._answer import Printer
from cepstra.cli._options import NEW_FILE, check_apart, gathered
from cepstra.cli._recordings import Speech, channel_option
from cepstra.cli._sources import at_least_one, shown, source_options
from cepstra.cli._target import ClientSession, client_command
from cepstra.cli._voice_names import NewNames, known_files, message_of, new_names
from cepstra.client import Client
from cepstra.frontend import page_definition
from cepstra.frontend.audio_errors import AudioError, NoSpeechError, TwoVoicesError
from cepstra.frontend.channels import Channel
from cepstra.frontend.continuous import stream_cepstra
from cepstra.frontend.decoding import DecodedFile
from cepstra.frontend.message import MAX_ATTEMPT_FRAMES
from cepstra.gmm import statistics
from cepstra.gmm.fusion_scorer import FusionScorer
from cepstra.gmm.statistics import Statistics
from cepstra.timeline import (
    LONGEST_S,
    Diarizer,
    Timeline,
    formats,
    named,
    on_one_side,
    voice_names,
)
from cepstra.timeline.known import best_match
from cepstra.verification.registry import limit_blas_threads
from cepstra.verification.shipped import load_fusion
from cepstra.verification.timeline_parameters import load_diarizer
from cepstra.whole_files import write_whole


@dataclass(frozen=True)
class Outputs:
    """Files to write, each if named.

    Attributes:
        rttm: NIST's format, which scoring tools read.
        srt: subtitles.
        vtt: subtitles of web pages.
        picture: PNG.
    """

    rttm: Path | None
    srt: Path | None
    vtt: Path | None
    picture: Path | None

    def check(self, recordings: Sequence[Path]) -> None:
        """Refuse a file that would be written over a recording or another one of them."""
        check_apart([getattr(self, f.name) for f in fields(self)], recordings)

    def write(self, timeline: Timeline, names: Sequence[str], path: Path) -> list[Path]:
        """Write the files that are named, each as a whole, and return them."""
        if self.rttm:
            write_whole(self.rttm, formats.to_rttm(timeline, names, shown(path.stem)))
        if self.srt:
            write_whole(self.srt, formats.to_srt(timeline, names))
        if self.vtt:
            write_whole(self.vtt, formats.to_vtt(timeline, names))
        if self.picture:
            from cepstra.cli._plots import save_timeline  # the plotting library takes a second

            save_timeline(timeline, names, path.name, self.picture)
        return [value for f in fields(self) if (value := getattr(self, f.name))]


@click.command("timeline")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--known",
    multiple=True,
    callback=known_files,
    metavar="NAME=FILE",
    help="A recording of somebody who may speak, not kept; may be repeated, for one name too.",
)
@gathered(
    "outputs",
    Outputs,
    click.option("--rttm", type=NEW_FILE, help="RTTM file to write."),
    click.option("--srt", type=NEW_FILE, help="SRT file to write: subtitles of who speaks."),
    click.option("--vtt", type=NEW_FILE, help="WebVTT file to write."),
    click.option("--picture", type=NEW_FILE, help="PNG to write: a row for each voice."),
)
@gathered(
    "new",
    NewNames,
    click.option(
        "--name",
        multiple=True,
        callback=new_names,
        metavar="VOICE=NAME",
        help="What to call an unknown voice, such as 'voice 2=bob'; may be repeated.",
    ),
    click.option(
        "--enrol",
        multiple=True,
        callback=new_names,
        metavar="VOICE=NAME",
        help="The same, and enrol the voice by its sure speech.",
    ),
    click.option("--consent", metavar="VERSION", help="The text that those enrolled agreed to."),
)
@channel_option
@source_options
@client_command
def command(
    session: ClientSession,
    files: Sequence[Path],
    known: Mapping[str, Sequence[Path]],
    outputs: Outputs,
    new: NewNames,
    channel: Channel | None,
) -> None:
    """Tell who speaks when in a recording of at most four hours.

    Voices are told apart here. Those of speakers enrolled in the service or store, and of --known,
    are called by name, others "voice 1", "voice 2"; at most a minute of each is sent. Two names
    of a segment mean that it is not sure which of them it is, or both. Of a telephone call with a
    side in each of two channels, each is heard by itself, and segments of the two may overlap.
    """
    if len(at_least_one(files)) != 1:
        raise click.UsageError(f"expected one recording, got {len(files)}")
    path, speech = files[0], Speech(channel=channel)
    outputs.check([path, *(file for of_one in known.values() for file in of_one)])
    new.check(session.client)
    limit_blas_threads()
    scorer = load_fusion()
    enrolled = {name: _statistics(scorer, Speech(), of_one) for name, of_one in known.items()}
    with session.answer.progress() as bars:
        timeline = _timeline(load_diarizer(scorer), path, speech, bars)
        found = _names(session.client, scorer, enrolled, timeline, bars)
    found = on_one_side(timeline, found)
    timeline, names = named(timeline, voice_names(timeline.n_voices, found))
    session.answer.warn(*dict.fromkeys(speech.notes))  # of a call either side has them
    renamed, called = named(timeline, new.given(names))
    _tell(session.answer, renamed, called, path)
    for each in outputs.write(renamed, called, path):
        session.answer.note(f"{each} written")
    for line in new.enrol_voices(session.client, timeline, names):
        session.answer.note(line)


def _timeline(diarizer: Diarizer, path: Path, speech: Speech, bars: Progress) -> Timeline:
    sides = _sides(path, speech, bars)
    hearing = bars.add_task("stretches heard")

    def progress(done: int, total: int) -> None:
        bars.update(hearing, completed=done, total=total)

    try:
        timeline = diarizer.timeline(*sides, progress=progress)
    except ValueError as error:
        raise click.ClickException(f"{path}: {error}") from error
    if not timeline.segments:
        raise NoSpeechError(f"{path}: nobody speaks in it")
    return timeline


def _sides(path: Path, speech: Speech, bars: Progress) -> list[NDArray[np.float32]]:
    """(T, 20) cepstra of a file; of a call with a side in each of two channels, those of either."""
    try:
        return [_cepstra(path, speech, bars)]
    except TwoVoicesError:  # which is told before the first block
        n_channels = DecodedFile(path).channels
    channels: tuple[Channel, ...] = ("left", "right") if n_channels == 2 else ("mix",)
    how = "each is heard by itself" if n_channels == 2 else f"all {n_channels} are heard mixed"
    speech.notes.append(f"{path}: has a voice in each of two channels; {how}")
    return [_cepstra(path, replace(speech, channel=channel), bars) for channel in channels]


def _cepstra(path: Path, speech: Speech, bars: Progress) -> NDArray[np.float32]:
    reading = bars.add_task("seconds read", total=None)
    parts, read_s = [], 0.0
    for part in stream_cepstra(speech.blocks(path), page_definition()):
        parts.append(part)
        read_s += len(part) / page_definition().frames_per_second
        if read_s > LONGEST_S:
            raise AudioError(f"{path}: lasts longer than {LONGEST_S / 3600:g} hours; cut it")
        bars.update(reading, completed=round(read_s))
    if not parts:
        raise NoSpeechError(f"{path}: shorter than one frame")
    bars.update(reading, total=round(read_s))
    return np.concatenate(parts)


def _names(
    client: Client,
    scorer: FusionScorer,
    known: dict[str, Statistics],
    timeline: Timeline,
    bars: Progress,
) -> dict[int, str]:
    """Return the names of voices that are known, by number."""
    found = {}
    for voice in bars.track(range(timeline.n_voices), description="voices named"):
        frames = timeline.speech[voice][:MAX_ATTEMPT_FRAMES]
        match = best_match(scorer, known, frames)
        if match and match.is_sure:
            found[voice] = match.name
            continue
        reply = client.identify(message_of(frames), 1)  # also tells whether anybody is enrolled
        if reply["decision"] == "identified" and reply["speaker"]:
            found[voice] = reply["speaker"]
    return found


def _statistics(scorer: FusionScorer, speech: Speech, paths: Sequence[Path]) -> Statistics:
    """Return the summed statistics of all speech of files."""
    total = scorer.no_statistics()
    for path in paths:
        for stretch in speech.stretches(path):
            total = statistics.add(total, scorer.statistics(stretch.features.mfcc))
    return total


def _tell(answer: Printer, timeline: Timeline, names: Sequence[str], path: Path) -> None:
    table = Table("from, s", "to, s", "who", "confidence")
    for s in timeline.segments:
        who = escape(formats.said(s, names))
        table.add_row(f"{s.start_s:.1f}", f"{s.end_s:.1f}", who, f"{s.confidence:.2f}")
    spoken = ", ".join(f"{name} {timeline.speech_s(v):.1f} s" for v, name in enumerate(names))
    unsure_s = sum(s.end_s - s.start_s for s in timeline.segments if s.other is not None)
    result = {"file": str(path), **formats.to_data(timeline, names)}
    doubt = f"; {unsure_s:.1f} s of it not sure" if unsure_s else ""
    at_once_s = timeline.both_sides_s
    doubt += f"; {at_once_s:.1f} s both sides at once" if at_once_s else ""
    count = f"{len(names)} voice" + "s" * (len(names) != 1)
    answer.give(result, table, f"{path}: {count}: {spoken}{doubt}")
