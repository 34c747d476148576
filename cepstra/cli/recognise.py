"""`recognise`: a recording named after its speaker: register who is new, identify who is known."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from cepstra.cli._answer import Printer, worst
from cepstra.cli._folders import recordings_in, speaker_name
from cepstra.cli._recordings import Speech, is_cut, left_out, pattern_with_group, speech_options
from cepstra.cli._sources import from_stream
from cepstra.cli._target import ClientSession, client_command
from cepstra.client import Client
from cepstra.exit_status import Exit
from cepstra.frontend.audio import AudioError

OTHER_VOICE = "other-voice"
COMPARED = ("identified", OTHER_VOICE, "none", "inconclusive")


@dataclass(frozen=True)
class RecognisedFile:
    """What became of a recording.

    Attributes:
        file: the recording.
        name: whom its name says it is of.
        speaker: id of the speaker registered or identified; None for nobody.
        outcome: registered, re-registered, identified, other-voice (known, of another name), none,
            inconclusive or failed.
        llr: of the likeliest speaker, where there was a comparison.
        error: what is wrong with the file, where it failed.
        warnings: what of it was not heard.
    """

    file: str
    name: str
    speaker: str | None
    outcome: str
    llr: float | None = None
    error: str | None = None
    warnings: tuple[str, ...] = ()


@click.command("recognise")
@click.argument("source", type=click.Path(path_type=Path, exists=True, allow_dash=True))
@click.option("--name", help="Whose voice it should be, of standard input, which has no name.")
@click.option(
    "--name-pattern",
    callback=pattern_with_group,
    help="Regular expression that finds the name in a file's, such as '^(.+)_\\d+$'.  "
    "[default: all of it, without the suffix]",
)
@click.option(
    "--re-register",
    is_flag=True,
    help="Replace the features of a speaker whose recording is not identified by them.",
)
@click.option("--yes", is_flag=True, help="Do not ask before anything is replaced.")
@speech_options
@client_command
def command(
    session: ClientSession,
    source: Path,
    name: str | None,
    name_pattern: re.Pattern[str] | None,
    re_register: bool,
    yes: bool,
    speech: Speech,
) -> Exit:
    """Recognise a recording, or every one in a folder, named after its speaker.

    SOURCE is a file, a folder, or - for standard input. The voice decides: one that is known is
    identified, whatever the file's name, and told of where its name says another; one that is not
    known is registered under the name, if that is new.
    Reported are the id of the speaker and the accuracy with the names as truth. A service asks for
    a key with the scope admin.
    """
    if (name is None) == (str(source) == "-"):
        raise click.UsageError("expected --name NAME with - and with nothing else")
    if re_register and not yes:
        text = "Speakers whose recordings are not identified lose their takes. Go on?"
        click.confirm(text, abort=True, err=True)

    def name_of(path: Path) -> str:
        match = name_pattern.search(path.stem) if name_pattern else None
        return speaker_name(name or (match.group(1) if match else path.stem))

    with tempfile.TemporaryDirectory(prefix="cepstra-") as folder:
        return _recognise_all(
            session, from_stream(source, Path(folder)), name_of, speech, re_register
        )


def _recognise_all(
    session: ClientSession,
    source: Path,
    name_of: Callable[[Path], str],
    speech: Speech,
    re_register: bool,
) -> Exit:
    paths, passed_over = recordings_in(source) if source.is_dir() else ([source], [])
    if not paths:
        raise click.UsageError(f"{source}: no recordings in it")
    found = []
    with session.answer.progress() as progress:
        task = progress.add_task("recognising", total=len(paths))
        for path in paths:
            try:
                named = path, name_of(path)
            except click.UsageError as error:
                failed = RecognisedFile(str(path), path.stem, None, "failed")
                found.append(replace(failed, error=f"{path}: {error.message}"))
            else:
                found.append(_recognise(session.client, named, speech, re_register))
            progress.advance(task)
    session.answer.warn(*passed_over, *speech.notes)
    _report(session.answer, found)
    return Exit.BAD_FILE if passed_over else _status(found)


def _recognise(
    client: Client, named: tuple[Path, str], speech: Speech, re_register: bool
) -> RecognisedFile:
    path, name = named
    try:
        attempt = speech.attempt([path])
    except AudioError as error:
        return RecognisedFile(str(path), name, None, "failed", error=str(error))
    reply = client.recognise(name, attempt.message, re_register)
    speaker, outcome = reply["speaker"], reply["outcome"]
    compared = outcome in COMPARED and reply["ranking"]
    llr = reply["ranking"][0]["llr"] if compared else None
    warnings = (left_out(attempt),) if is_cut(attempt) else ()
    if outcome == OTHER_VOICE:
        warnings = (*warnings, f"its name says {name}, the voice is that of {speaker}")
    return RecognisedFile(str(path), name, speaker, outcome, llr, warnings=warnings)


def _report(answer: Printer, found: Sequence[RecognisedFile]) -> None:
    table = Table("file", "name", "outcome", "speaker id", "llr")
    for item in found:
        llr = "–" if item.llr is None else f"{item.llr:.2f}"
        cells = Path(item.file).name, item.name, item.outcome, item.speaker or "–", llr
        table.add_row(*map(escape, cells))
        answer.warn(*([item.error] if item.error else []))
        answer.warn(*(f"{item.file}: {warning}" for warning in item.warnings))
    compared = [item for item in found if item.outcome in COMPARED]
    right = sum(item.speaker == item.name for item in compared)
    accuracy = right / len(compared) if compared else None
    said = "" if accuracy is None else f"accuracy {accuracy:.1%}: {right} of {len(compared)}"
    results = [asdict(item) for item in found]
    answer.give({"results": results, "accuracy": accuracy}, table, *([said] if said else []))


def _status(found: Sequence[RecognisedFile]) -> Exit:
    if any(item.outcome == "failed" for item in found):
        return Exit.BAD_FILE
    compared = [item.outcome for item in found if item.outcome in COMPARED]
    return Exit.REJECTED if OTHER_VOICE in compared else worst(compared)
