"""`enrol`: enrol a speaker's recordings, or a folder of many speakers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table

from cepstra.cli._answer import Exit
from cepstra.cli._enrolment import ADVISED_S, KEPT_TAKES, Enrolled, enrol
from cepstra.cli._folders import speaker_name, speakers_in
from cepstra.cli._recordings import Speech, speech_options
from cepstra.cli._sources import source_options
from cepstra.cli._target import Session, client_command

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command("enrol")
@click.argument("name", required=False)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--from", "folder", type=FOLDER, help="Folder NAME/* of many speakers.")
@click.option("--consent", metavar="VERSION", help="Record first that they agreed to this text.")
@speech_options
@source_options
@client_command
def command(
    session: Session,
    name: str | None,
    files: Sequence[Path],
    folder: Path | None,
    consent: str | None,
    speech: Speech,
) -> Exit:
    """Enrol the speaker NAME with recordings, or everybody in a folder of folders.

    A recording is cut into takes at its pauses. Takes that are enrolled already are passed over,
    so that a run that was broken off can be started again. 45 s of free speech are advised, or
    every digit twice.
    """
    speakers = _speakers(name, files, folder)
    results: list[Enrolled] = []
    with session.answer.progress() as progress:
        task = progress.add_task("enrolling", total=sum(map(len, speakers.values())))
        for speaker, paths in speakers.items():
            if consent:
                session.client.consent(speaker, consent)
            progress.update(task, description=speaker)
            advance = lambda n: progress.advance(task, n)  # noqa: E731
            results.append(enrol(session.client, speaker, paths, speech, advance))
    _warn(session, results, is_free=speech.digit is None and speech.digit_pattern is None)
    session.answer.give([result.as_json() for result in results], _table(results))
    return Exit.BAD_FILE if any(result.failed for result in results) else Exit.OK


def _speakers(
    name: str | None, files: Sequence[Path], folder: Path | None
) -> dict[str, list[Path]]:
    if folder is not None:
        if name is not None:
            raise click.UsageError("expected either NAME and FILES or --from, got both")
        return speakers_in(folder)
    if name is None or not files:
        raise click.UsageError("expected NAME and FILES, --mic or --video-url, or --from FOLDER")
    if name != speaker_name(name):
        raise click.UsageError(
            f"NAME: expected letters A to Z, digits, '.', '_' and '-', got {name!r}"
        )
    return {name: list(files)}


def _warn(session: Session, results: Sequence[Enrolled], is_free: bool) -> None:
    for result in results:
        for error in result.failed.values():
            session.answer.warn(error)
        if result.left_out:
            session.answer.warn(
                f"{result.speaker}: {KEPT_TAKES} takes are kept, so {result.left_out} files, "
                "evenly spread, were left out"
            )
        if result.files and not result.is_ready:
            session.answer.warn(f"{result.speaker}: one take is too few to verify; enrol another")
    short = [r.speaker for r in results if r.speech_s is not None and r.speech_s < ADVISED_S]
    if is_free and short:
        who = short[0] if len(short) == 1 else f"{len(short)} speakers"
        session.answer.warn(f"{who}: less than the {ADVISED_S:g} s of free speech that are advised")


def _table(results: Sequence[Enrolled]) -> Table:
    table = Table("speaker", "files", "new takes", "known takes", "speech, s", "failed files")
    for column in table.columns[1:]:
        column.justify = "right"
    for result in results:
        speech_s = "–" if result.speech_s is None else f"{result.speech_s:.1f}"
        counts = result.files, result.new_takes, result.known_takes, speech_s, len(result.failed)
        table.add_row(result.speaker, *map(str, counts))
    return table
