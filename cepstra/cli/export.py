"""`export`: write everything that is kept about a speaker as JSON."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from cepstra.cli._database import database_option, opened
from cepstra.cli._failures import UnusableServiceError
from cepstra.cli._options import NEW_FILE
from cepstra.config import Config
from cepstra.resources.schemas.export import ExportSchema
from cepstra.verification import export
from cepstra.verification.audit import Origin
from cepstra.verification.errors import UnknownSpeakerError
from cepstra.verification.registry import load_verifiers
from cepstra.verification.service import Service
from cepstra.whole_files import write_whole


@click.command("export")
@click.argument("name")
@database_option
@click.option("--out", type=NEW_FILE, help="File to write to.")
def command(name: str, database: str | None, out: Path | None) -> None:
    """Write the data of the speaker NAME: takes, logs, consent, audit entries."""
    systems = load_verifiers(Config.from_environment())
    with opened(database) as store:
        try:
            exported = export.export(Service(store, systems, origin=Origin("cli")), name)
        except UnknownSpeakerError as error:
            raise UnusableServiceError(error.description) from error
    text = orjson.dumps(ExportSchema().dump(exported), option=orjson.OPT_SERIALIZE_NUMPY)
    if out is None:
        click.echo(text)
    else:
        write_whole(out, text + b"\n")
