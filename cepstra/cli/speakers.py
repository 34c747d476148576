"""`speakers`: list, show, rename, delete, export and import those who are enrolled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click
from rich.markup import escape
from rich.table import Table

from cepstra.cli._alike_names import refused_alike
from cepstra.cli._folders import speaker_name
from cepstra.cli._options import NEW_FILE
from cepstra.cli._target import ClientSession, client_command
from cepstra.client.replies import Status
from cepstra.whole_files import write_whole


@click.group("speakers")
def command() -> None:
    """List, show, rename, delete, export and import speakers."""


@command.command("list")
@client_command
def list_speakers(session: ClientSession) -> None:
    """List everybody enrolled."""
    found = list(session.client.speakers())
    table = Table("speaker", "since", "front end")
    for speaker in found:
        table.add_row(
            escape(speaker["alias"]), speaker["created_at"][:10], speaker["frontend"] or "–"
        )
    session.answer.give(found, table if found else f"nobody is enrolled in {session.place}")


@command.command()
@click.argument("name")
@client_command
def show(session: ClientSession, name: str) -> None:
    """Show how far a speaker's enrolment is."""
    status = session.client.status(name)
    devices = ", ".join(f"{d['device'] or 'unnamed'} ({d['takes']})" for d in status["devices"])
    consent, locked = status["consent"], status["locked_until"]
    table = Table(show_header=False)
    table.add_row("speaker", escape(name))
    table.add_row("takes", f"{len(status['training_log'])}, of at most 60")
    table.add_row("speech", f"{status['train_data_length'] / 100:.1f} s")
    table.add_row("ready to verify", _readiness(status))
    for row in voice_rows(status):
        table.add_row(*row)
    table.add_row("devices", devices or "–")
    table.add_row("consent", f"{consent['version']}, {consent['datetime']}" if consent else "–")
    table.add_row(
        "attempts", f"{len(status['scoring_log'])}, {status['rejects']} rejected in a row"
    )
    if locked:
        table.add_row("locked until", locked)
    session.answer.give(status, table)


def _readiness(status: Status) -> str:
    n_takes = len(status["training_log"])
    is_alone = n_takes == 1 and status["score_threshold"] is None
    return "by one take; enrol another" if is_alone else "yes" if n_takes else "no"


def voice_rows(status: Status) -> Iterator[tuple[str, str]]:
    """Return what is to be known of the enrolled voice, as rows of a table."""
    unlike, percent = status["unlike_takes"], status["consistency"]
    told = "–" if percent is None else f"takes alike to {percent}%"
    yield "voice", f"two voices? {told}" if unlike else told
    if unlike:
        yield "unlike the others", escape(", ".join(unlike))
    if status["sounds_like_another"]:
        yield "sounds like", escape(status["sounds_like"] or "another speaker enrolled here")


@command.command()
@click.argument("name")
@click.argument("new")
@client_command
def rename(session: ClientSession, name: str, new: str) -> None:
    """Give a speaker another name; takes, logs and consent stay."""
    _ask_about_alike(session, speaker_name(new), leaving=name)
    described = session.client.rename(name, speaker_name(new))
    session.answer.give(described, f"{name} is called {described['alias']} now")


def _ask_about_alike(session: ClientSession, name: str, leaving: str = "") -> None:
    if refused_alike(session, [name], leaving=leaving):
        raise click.Abort


@command.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@client_command
def delete(session: ClientSession, name: str, yes: bool) -> None:
    """Forget a speaker for good: takes, model, logs and consent."""
    takes = len(session.client.status(name)["training_log"])
    if not yes:
        click.confirm(
            f"Delete {name} from {session.place} for good, takes: {takes}?", abort=True, err=True
        )
    session.client.delete(name)
    session.answer.give({"deleted": name}, f"{name} is deleted")


@command.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--name", help="Whose takes they become.  [default: as in the file]")
@client_command
def import_(session: ClientSession, file: IO[bytes], name: str | None) -> None:
    """Take in FILE, which `export` wrote, or - for standard input: takes and consent."""
    try:
        exported = json.load(file)
        _ask_about_alike(session, speaker_name(name or exported["alias"]))
        told = session.client.import_export(exported, speaker_name(name) if name else None)
    except (ValueError, KeyError, TypeError) as error:
        text = f"{file.name}: expected what `speakers export` writes"
        raise click.ClickException(text) from error
    added, known = told["takes_added"], told["takes_known"]
    session.answer.give(told, f"{told['alias']}: takes added: {added}, known before: {known}")


@command.command()
@click.argument("name")
@click.option("--out", type=NEW_FILE, help="File to write to.")
@client_command
def export(session: ClientSession, name: str, out: Path | None) -> None:
    """Write everything that is kept of a speaker, as JSON."""
    text = json.dumps(session.client.export(name), indent=2)
    if out is None:
        click.echo(text)
        return
    write_whole(out, f"{text}\n".encode())
    session.answer.give({"exported": name, "file": str(out)}, f"wrote {out}")
