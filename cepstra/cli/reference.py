"""`reference`: write docs/reference.md from the code."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cepstra.api import create_app
from cepstra.cli._reference_commands import command_lines
from cepstra.cli._reference_service import endpoint_lines, schema_lines, setting_lines
from cepstra.config import Config
from cepstra.resources.openapi import describe
from cepstra.resources.openapi_schemas import replies_alone

HEAD = """# Reference

Made from the code by `cepstra reference`; a test fails where it is stale. What the commands
are for is told in [the command line](command-line.md), the calls in
[a backend of your own](how-to/backend.md); a running service describes itself at `/doc`.

[Commands](#commands) · [Settings](#settings) · [Endpoints](#endpoints) ·
[Bodies and replies](#bodies-and-replies)
"""
PATH = Path(__file__).resolve().parent.parent.parent / "docs" / "reference.md"


@click.command("reference")
@click.option(
    "--out",
    default=PATH,
    type=click.Path(path_type=Path, dir_okay=False),
    show_default="docs/reference.md",
    help="File to write.",
)
@click.option(
    "--replies",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the schemas of replies, as OpenAPI: `make reference` makes types of them.",
)
def command(out: Path, replies: Path | None) -> None:
    """Write commands, settings, endpoints and the fields of all replies as one page.

    What has no description in the code is named, and nothing is written.
    """
    document = service_document()
    out.write_text(page(document), encoding="utf-8")
    if replies:
        replies.write_text(json.dumps(replies_alone(document)), encoding="utf-8")


def service_document() -> dict[str, Any]:
    """Return the OpenAPI document of the service."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(database_url=f"sqlite:///{folder}/empty.db", audit_log="none"))
        return describe(app)


def page(document: Mapping[str, Any]) -> str:
    """Return the page.

    Raises:
        UndocumentedError: a command, option, setting, endpoint or field has no description.
    """
    from cepstra.cli._commands import main  # which imports this module when the command is run

    chapters = {
        "Commands": command_lines(main),
        "Settings": setting_lines(),
        "Endpoints": endpoint_lines(document),
        "Bodies and replies": schema_lines(document),
    }
    written = {title: "\n".join(lines).rstrip("\n") for title, lines in chapters.items()}
    return HEAD + "".join(f"\n## {title}\n\n{text}\n" for title, text in written.items())
