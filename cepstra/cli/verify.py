"""`verify`: is it the claimed speaker?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cepstra.cli._answer import OF_DECISION, figures
from cepstra.cli._recordings import Speech, speech_options, warnings_of
from cepstra.cli._sources import at_least_one, source_options
from cepstra.cli._target import ClientSession, client_command
from cepstra.exit_status import Exit

SAID = {"accept": "accepted", "reject": "rejected", "inconclusive": "inconclusive"}


@click.command("verify")
@click.argument("name")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--system", metavar="NAME", help="Network of MODEL_FOLDERS that decides instead.")
@speech_options
@source_options
@client_command
def command(
    session: ClientSession, name: str, files: Sequence[Path], system: str | None, speech: Speech
) -> Exit:
    """Verify that the speaker NAME speaks in the recordings; all of them are one attempt.

    At most 60 s of speech are heard; 15 s of free speech are advised, or three digits.
    """
    attempt = speech.attempt(at_least_one(files))
    reply = session.client.score(name, attempt.message, system)
    warnings = warnings_of(attempt, quality=reply["quality"])
    shown = ("decision", "llr", "probability", "threshold", "quality")
    scored = {field: reply[field] for field in shown}  # type: ignore[literal-required]
    result = {"speaker": name, **scored, "warnings": warnings}
    session.answer.warn(*warnings)
    session.answer.give(result, f"{name} {SAID[reply['decision']]}{figures(reply, 'accepted')}")
    return OF_DECISION[reply["decision"]]
