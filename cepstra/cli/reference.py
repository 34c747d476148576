"""`reference`: write docs/reference.md from the code."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from cepstra.api import create_app
from cepstra.cli._reference_commands import command_lines
from cepstra.cli._reference_service import endpoint_lines, schema_lines, setting_lines
from cepstra.config import Config
from cepstra.resources.openapi import describe

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
def command(out: Path) -> None:
    """Write commands, settings, endpoints and the fields of all replies as one page.

    What has no description in the code is named, and nothing is written.
    """
    out.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the page.

    Raises:
        UndocumentedError: a command, option, setting, endpoint or field has no description.
    """
    from cepstra.cli._commands import main  # which imports this module when the command is run

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(database_url=f"sqlite:///{folder}/empty.db", audit_log="none"))
        document = describe(app)
    chapters = {
        "Commands": command_lines(main),
        "Settings": setting_lines(),
        "Endpoints": endpoint_lines(document),
        "Bodies and replies": schema_lines(document),
    }
    return HEAD + "".join(_chapter(title, lines) for title, lines in chapters.items())


def _chapter(title: str, lines: Iterable[str]) -> str:
    return f"\n## {title}\n\n" + "\n".join(lines).rstrip("\n") + "\n"
