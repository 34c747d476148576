"""`enrol`: enrol a speaker's recordings, or a folder of many speakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from cepstra.cli._alike_names import refused_alike
from cepstra.cli._enrolment import (
    ADVISED_S,
    KEPT_TAKES,
    EnrolmentFile,
    EnrolmentResult,
    FileOutcome,
    done_before,
    enrol,
    listed_recordings,
    report_writer,
)
from cepstra.cli._folders import speaker_name, speakers_in
from cepstra.cli._options import FILE, FOLDER, NEW_FILE, gathered
from cepstra.cli._recordings import Speech, speech_options
from cepstra.cli._sources import source_options
from cepstra.cli._target import ClientSession, client_command
from cepstra.exit_status import Exit


@dataclass(frozen=True)
class Where:
    """Where many recordings are, and how to go on.

    Attributes:
        folder: tree NAME/*.
        csv: list of recordings.
        report: file that tells what became of each.
        yes: do not ask about names that are alike.
        confirm_voice: keep takes that sound unlike the speaker's others.
    """

    folder: Path | None
    csv: Path | None
    report: Path | None
    yes: bool
    confirm_voice: bool


@click.command("enrol")
@click.argument("name", required=False)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--consent", metavar="VERSION", help="Record first that they agreed to this text.")
@gathered(
    "where",
    Where,
    click.option("--from", "folder", type=FOLDER, help="Folder NAME/* of many speakers."),
    click.option("--csv", type=FILE, help="List with columns path, name, channel and device."),
    click.option("--report", type=NEW_FILE, help="CSV of files; those done are passed over."),
    click.option("--yes", is_flag=True, help="Do not ask whether names alike are two people."),
    click.option("--confirm-voice", is_flag=True, help="Keep takes that sound like another voice."),
)
@speech_options
@source_options
@client_command
def command(
    session: ClientSession,
    name: str | None,
    files: Sequence[Path],
    consent: str | None,
    where: Where,
    speech: Speech,
) -> Exit:
    """Enrol the speaker NAME with recordings, or everybody in a folder of folders or a list.

    A recording is cut into takes at its pauses. Takes that are enrolled already are passed over,
    so that a run that was broken off can be started again. 45 s of free speech are advised, or
    every digit twice. Takes that sound unlike those before are left out, unless confirmed.
    """
    speakers, passed_over = _speakers(name, files, where)
    for refused in refused_alike(session, speakers, where.yes):
        passed_over.append(f"{refused}: passed over, another spelling is enrolled")
        del speakers[refused]
    if where.confirm_voice:
        speakers = {
            own: [replace(each, is_confirmed=True) for each in recordings]
            for own, recordings in speakers.items()
        }
    speech.check_names([each.path for own in speakers.values() for each in own])
    results = _enrol_all(session, speakers, consent, speech, where.report)
    session.answer.warn(*passed_over, *speech.notes)
    _warn(session, results, is_free=speech.digit is None and speech.digit_pattern is None)
    session.answer.give([asdict(result) for result in results], _table(results))
    is_whole = not passed_over and not any(result.failed for result in results)
    return Exit.OK if is_whole else Exit.BAD_FILE


def _enrol_all(
    session: ClientSession,
    speakers: Mapping[str, Sequence[EnrolmentFile]],
    consent: str | None,
    speech: Speech,
    report: Path | None,
) -> list[EnrolmentResult]:
    before, write = done_before(report), report_writer(report)
    results: list[EnrolmentResult] = []
    owners: dict[str, str] = {}
    with session.answer.progress() as progress:
        task = progress.add_task("enrolling", total=sum(map(len, speakers.values())))

        def tell(outcome: FileOutcome) -> None:
            write(outcome)
            progress.advance(task)
            if progress.disable:
                session.answer.note(str(outcome))

        for speaker, recordings in speakers.items():
            todo = [each for each in recordings if (speaker, str(each.path)) not in before]
            progress.update(task, description=escape(speaker), advance=len(recordings) - len(todo))
            if not todo:
                continue
            if consent:
                session.client.consent(speaker, consent)
            results.append(enrol(session.client, speaker, todo, speech, tell, owners))
    return results


def _speakers(
    name: str | None, files: Sequence[Path], where: Where
) -> tuple[dict[str, list[EnrolmentFile]], list[str]]:
    """Return name -> recordings, and what is passed over."""
    if where.folder or where.csv:
        if name is not None or (where.folder and where.csv):
            raise click.UsageError("expected one of NAME and FILES, --from and --csv, got more")
        if where.csv:
            return listed_recordings(where.csv)
        found = speakers_in(where.folder or Path())
        named = found.speakers.items()
        speakers = {own: [EnrolmentFile(path) for path in paths] for own, paths in named}
        return speakers, found.passed_over
    if name is None or not files:
        text = "expected NAME and FILES, --mic or --video-url, or --from FOLDER or --csv LIST"
        raise click.UsageError(text)
    return {speaker_name(name): [EnrolmentFile(path) for path in files]}, []


def _warn(session: ClientSession, results: Sequence[EnrolmentResult], is_free: bool) -> None:
    for result in results:
        for error in result.failed.values():
            session.answer.warn(error)
        if result.left_out or result.takes_left_out:
            takes = f", takes: {result.takes_left_out}" if result.takes_left_out else ""
            session.answer.warn(
                f"{result.speaker}: {KEPT_TAKES} takes, of four minutes at most, are kept; "
                f"left out, evenly spread, files: {result.left_out}{takes}"
            )
        if result.unlike_takes:
            session.answer.warn(
                f"{result.speaker}: left out, for they sound unlike those before, takes: "
                f"{result.unlike_takes}; --confirm-voice keeps them"
            )
        if result.files and not result.is_ready:
            told = "one take has nothing to be held against; enrol another for surer decisions"
            session.answer.warn(f"{result.speaker}: {told}")
    short = [r.speaker for r in results if r.speech_s is not None and r.speech_s < ADVISED_S]
    if is_free and short:
        who = short[0] if len(short) == 1 else f"{len(short)} speakers"
        session.answer.warn(f"{who}: less than the {ADVISED_S:g} s of free speech that are advised")


def _table(results: Sequence[EnrolmentResult]) -> Table:
    table = Table("speaker", "files", "new takes", "known takes", "speech, s", "failed files")
    for column in table.columns[1:]:
        column.justify = "right"
    for result in results:
        speech_s = "–" if result.speech_s is None else f"{result.speech_s:.1f}"
        counts = result.files, result.new_takes, result.known_takes, speech_s, len(result.failed)
        table.add_row(escape(result.speaker), *map(str, counts))
    return table
