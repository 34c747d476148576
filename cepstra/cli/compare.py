"""`compare`: do two recordings hold the same voice?"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from cepstra.cli._answer import OF_DECISION, figures
from cepstra.cli._recordings import Speech, speech_options, warnings_of
from cepstra.cli._sources import from_stream
from cepstra.cli._target import ClientSession, client_command
from cepstra.exit_status import Exit

MOST_FRAMES = 4000  # of each: what one body holds, and the service compares
SAID = {"accept": "the same voice", "reject": "different voices", "inconclusive": "inconclusive"}


@click.command("compare")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@speech_options
@client_command
def command(session: ClientSession, first: Path, second: Path, speech: Speech) -> Exit:
    """Tell whether one person speaks in both recordings; nobody is enrolled, nothing kept.

    One of them may be - for standard input.
    """
    with tempfile.TemporaryDirectory(prefix="cepstra-") as folder:
        given = [from_stream(path, Path(folder)) for path in (first, second)]
        attempts = [speech.attempt([path], MOST_FRAMES) for path in given]
    reply = session.client.compare(*(attempt.message for attempt in attempts))
    warnings = warnings_of(*attempts, quality=reply["quality"])
    session.answer.warn(*warnings)
    said = SAID[reply["decision"]] + figures(reply, "the same")
    session.answer.give({**reply, "warnings": warnings}, said)
    return OF_DECISION[reply["decision"]]
