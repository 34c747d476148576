"""Options that training and evaluation share."""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from cepstra.verification.names import (
    NAME_RULE,
    PLAIN_RULE,
    WHOLE_NAME_RULE,
    is_name,
    is_plain_to_see,
    is_whole_name,
    normal_name,
)

Decorator = Callable[[Any], Any]
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class NewPath(click.Path):
    """A path to write to, refused before the work whose result would go there."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a path; folders around it need not be there.

        Raises:
            click.BadParameter: it cannot be written to, or no folder can be made there.
        """
        given = super().convert(value, param, ctx)
        path = Path(os.fsdecode(given)).absolute()
        there = next(each for each in (path, *path.parents) if os.path.lexists(each))
        if there != path and not there.is_dir():
            self.fail(f"{there} is no folder", param, ctx)
        if not os.access(there, os.W_OK):
            self.fail(f"{there} may not be written to", param, ctx)
        return given


NEW_FILE = NewPath(path_type=Path, dir_okay=False)
NEW_FOLDER = NewPath(path_type=Path, file_okay=False)


class PlainName(click.ParamType[str]):
    """A name that people read and tell from others by, in Unicode's normal form C."""

    name = "text"

    def __init__(self, is_whole: bool = False) -> None:
        self._is_one = is_whole_name if is_whole else is_name
        self._rule = WHOLE_NAME_RULE if is_whole else NAME_RULE

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a name.

        Raises:
            click.BadParameter: it is none, or holds what is not seen.
        """
        name = normal_name(str(value))
        if not self._is_one(name):
            self.fail(f"expected {self._rule}, got {name[:80]!r}", param, ctx)
        if not is_plain_to_see(name):
            self.fail(f"expected {PLAIN_RULE}, got {name!a}", param, ctx)
        return name


class FiniteRange(click.FloatRange):
    """A range of numbers without NaN and infinity, which click lets through."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a number.

        Raises:
            click.BadParameter: it is none, beyond the range, or not finite.
        """
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"expected a finite number, got {value}", param, ctx)
        return number


def gathered(name: str, kind: type[Any], *options: Decorator) -> Decorator:
    """Return a decorator: options whose values a command gets as one object.

    Args:
        name: the command's parameter.
        kind: a dataclass whose fields are called as the options are; others keep their defaults.
        options: click options, and arguments.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(*arguments: Any, **values: Any) -> Any:
            given = {f.name: values.pop(f.name) for f in fields(kind) if f.name in values}
            values[name] = kind(**given)
            return command(*arguments, **values)

        for option in reversed(options):
            run = option(run)
        return run

    return decorate


shared_option = click.option(
    "--shared",
    default=lambda: os.environ.get("CEPSTRA_SHARED", "../shared"),
    show_default="CEPSTRA_SHARED, else ../shared",
    type=FOLDER,
    help="Folder of corpora, protocol and tools.",
)
build_option = click.option(
    "--build",
    default=Path("build"),
    type=NEW_FOLDER,
    help="Folder for what can be used again.",
)
corpora_option = click.option(
    "--corpora",
    required=True,
    type=FOLDER,
    help="Folder with CORPUS/background/SPEAKER/*.flac.",
)
step_option = click.option(
    "--step",
    type=FiniteRange(min=0),
    help="Rounds coefficients to multiples of it; 0: not at all.  [default: as messages do]",
)
SEED = click.IntRange(0, 2**32 - 1)  # what NumPy and PyTorch take
seed_option = click.option("--seed", default=1, type=SEED, help="Of everything random.")


def check_apart(outputs: Sequence[Path | None], inputs: Sequence[Path]) -> None:
    """Refuse to write a file over one that is read, or over another output.

    Raises:
        click.UsageError: two are the same file.
    """
    taken = {os.path.realpath(path) for path in inputs}
    for path in filter(None, outputs):
        place = os.path.realpath(path)
        if place in taken and (os.path.isfile(place) or not os.path.exists(place)):
            text = "it is read, or written by another option"
            raise click.UsageError(f"expected a file of its own to write, got {path}: {text}")
        taken.add(place)


def out_option(default: str) -> Decorator:
    """Return --out of a command that writes parameters."""
    return click.option(
        "--out",
        default=Path(default),
        type=NEW_FILE,
        help="Where the parameters go.",
    )


def shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --shared and --build; the command gets both as a Shared, `shared`."""

    @shared_option
    @build_option
    @functools.wraps(command)
    def run(*arguments: Any, shared: Path, build: Path, **options: Any) -> Any:
        from cepstra.evaluation.corpora import Shared  # the verifiers take a second to load

        return command(*arguments, shared=Shared(shared, build), **options)

    return run
