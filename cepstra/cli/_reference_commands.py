"""The reference's chapter on commands, read from click itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import click

PROGRAM = "cepstra"


class UndocumentedError(click.ClickException):
    """Something that users meet has no description in the code."""


def command_lines(main: click.Group) -> Iterator[str]:
    """Hand out lines of Markdown: options of the program, then every command.

    Raises:
        UndocumentedError: a command or an option has no help.
    """
    context = click.Context(main, info_name=PROGRAM)
    yield f"`{PROGRAM} [OPTIONS] COMMAND` or `python -m cepstra [OPTIONS] COMMAND`, with options:"
    yield from ["", *_options(PROGRAM, main), ""]
    for path, command in _all_commands(main, context, ()):
        yield from _command(path, command)


def _all_commands(
    group: click.Group, context: click.Context, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _all_commands(command, context, (*path, name))
        elif command is not None:
            yield (*path, name), command


def _command(path: tuple[str, ...], command: click.Command) -> Iterator[str]:
    name = " ".join(path)
    if not command.help:
        raise UndocumentedError(f"command {name}: has no description")
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    yield from [f"### {name}", "", f"`{PROGRAM} {name} {usage}`", ""]
    yield from [_without_breaks(command.help), ""]
    if options := _options(name, command):
        yield from [*options, ""]


def _options(name: str, command: click.Command) -> list[str]:
    rows = [
        _option(name, option)
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden
    ]
    return ["| option | meaning |", "|---|---|", *rows] if rows else []


def _option(name: str, option: click.Option) -> str:
    spelling = ", ".join(option.opts + option.secondary_opts)
    if not option.help:
        raise UndocumentedError(f"command {name}, option {spelling}: has no help")
    value = "" if option.is_flag else f" {_metavar(option)}"
    return f"| `{spelling}{value}` | {_cell(option.help + _extras(option))} |"


def _metavar(option: click.Option) -> str:
    if option.metavar:
        return option.metavar
    if isinstance(option.type, click.Choice):
        return "CHOICE"
    return option.type.name.upper().replace(" RANGE", "")


def _extras(option: click.Option) -> str:
    extras = []
    if isinstance(option.type, click.Choice):
        extras.append("one of " + ", ".join(map(str, option.type.choices)))
    if option.required:
        extras.append("required")
    if option.envvar:
        extras.append(f"environment: {option.envvar}")
    if (default := _default(option)) and "[default:" not in (option.help or ""):
        extras.append(f"default: {default}")
    return f"  [{'; '.join(extras)}]" if extras else ""


def _default(option: click.Option) -> str:
    if isinstance(option.show_default, str):
        return option.show_default
    default: Any = option.default
    if default is None or callable(default) or isinstance(default, bool):
        return ""
    text = " ".join(map(str, default)) if isinstance(default, (list, tuple)) else str(default)
    return "" if text.startswith("Sentinel") else text


def _without_breaks(text: str) -> str:
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _cell(text: str) -> str:
    """Text in a table; bars would end the cell."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
