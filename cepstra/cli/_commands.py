"""`cepstra`, `python -m cepstra`: every module here without `_` in front is a subcommand.

The command `train-background` is `command` in train_background.py. A module is imported when its
command is run; the list of commands reads only the modules' first lines, so `--help` is fast.
"""

from __future__ import annotations

import atexit
import difflib
import gc
import importlib
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import click

from cepstra import __version__
from cepstra.cli._failures import MissingPackageError, MisuseError, wrong_input
from cepstra.exit_status import Exit
from cepstra.whole_files import DamagedFileError

FOLDER = Path(__file__).resolve().parent
atexit.register(gc.freeze)  # at its end a process need not look for garbage in all that it loaded

SECTIONS = {
    "Voices": [
        "enrol", "verify", "identify", "compare", "timeline", "recognise", "speakers", "features",
    ],
    "A service": [
        "serve", "doctor", "calibrate", "make-secrets", "api-key", "invite", "rotate-key",
        "index-voiceprints",
    ],
    "A database": [
        "migrate", "copy-store", "export", "apply-retention", "vacuum", "upgrade-models",
        "make-data-key", "rotate-data-key",
    ],
}  # fmt: skip


@contextmanager
def _told_of_readers() -> Iterator[None]:
    """End without a word, and with a status of its own, where nobody reads the output any more.

    Raises:
        click.exceptions.Exit: nobody does.
    """
    try:
        yield
    except (BrokenPipeError, SystemExit) as error:  # the latter from tables
        if not any(isinstance(each, BrokenPipeError) for each in (error, error.__context__)):
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # what is held back would fail, too
        raise click.exceptions.Exit(Exit.UNREAD) from None


class ModuleGroup(click.Group):
    """A group whose commands are the modules beside this file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in alphabetical order."""
        return sorted(_summaries())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command; None when there is no such command."""
        if cmd_name not in _summaries():
            return None
        try:
            module: Any = importlib.import_module(f"cepstra.cli.{cmd_name.replace('-', '_')}")
        except ModuleNotFoundError as error:
            raise MissingPackageError(cmd_name, error.name) from error
        command: click.Command = module.command
        return command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments, and print help where it is asked for."""
        with _told_of_readers():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever is wrong ends it with one line.

        The status is never 1, which is a verdict: rejected.
        """
        try:
            with _told_of_readers():
                return self._invoke(ctx)
        except click.ClickException as error:
            if error.exit_code == Exit.REJECTED:
                raise MisuseError(error.format_message()) from error
            raise
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            ctx.exit(Exit.INTERRUPTED)

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            raise MissingPackageError(ctx.invoked_subcommand, error.name) from error
        except ValueError as error:
            if (told := wrong_input(error)) is None:
                raise
            raise told from error
        except (OSError, DamagedFileError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise click.ClickException(str(error)) from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a command's name from here, whatever its own decorator calls it."""
        if args[0] not in _summaries() and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], _summaries(), n=3)
            meant = f" Did you mean {' or '.join(close)}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{meant}")
        _, command, rest = super().resolve_command(ctx, args)
        return args[0], command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them, those of one purpose together."""
        summaries = dict(_summaries())
        for section, names in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, summaries.pop(name)) for name in names])
        with formatter.section("Training and measuring"):
            formatter.write_dl(sorted(summaries.items()))


@cache
def _summaries() -> dict[str, str]:
    """Command name -> first line of its module's docstring, without `NAME`: in front."""
    summaries = {}
    for path in FOLDER.glob("[!_]*.py"):
        first_line, _ = path.read_text(encoding="utf-8").split("\n", 1)
        summary = re.sub(r"^`[^`]*`: ", "", first_line.strip('"'))
        summaries[path.stem.replace("_", "-")] = summary
    return summaries


@click.group(
    cls=ModuleGroup,
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
)
@click.option("--url", help="The service that client commands call.")
@click.option("--token", help="API key or session token for it.")
@click.option("--json", "as_json", is_flag=True, help="Let client commands print JSON.")
@click.version_option(__version__, prog_name="cepstra", help="Print the version.")
@click.pass_context
def main(ctx: click.Context, /, **for_clients: Any) -> None:
    """Cepstra: voice verification that never hears the voice."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # names of files need be no text
        sys.stdout.reconfigure(errors="backslashreplace")
    ctx.obj = for_clients  # each client command takes these options too
