"""A part of a page in docs/ that a command writes, between two comments that name the command."""

from __future__ import annotations

import re
from pathlib import Path

import click

page_option = click.option(
    "--page",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Page whose section of this command is renewed; printed alone when omitted.",
)


def show(page: Path | None, name: str, content: str) -> None:
    """Put the content into the page's section of that name, or print it where there is no page.

    Raises:
        click.ClickException: the page has no such section.
    """
    if page is None:
        click.echo(content)
        return
    text = page.read_text(encoding="utf-8")
    if not _pattern(name).search(text):
        begin, end = _comments(name)
        raise click.ClickException(f"{page}: expected the lines {begin.strip()} and {end}")
    page.write_text(_pattern(name).sub(lambda _: _wrapped(name, content), text), encoding="utf-8")


def kept(page: Path, name: str) -> str:
    """Return the section of that name with its comments, empty where the page has none."""
    found = _pattern(name).search(page.read_text(encoding="utf-8")) if page.exists() else None
    return f"\n{found.group()}\n" if found else ""


def _comments(name: str) -> tuple[str, str]:
    return f"<!-- {name} -->\n", f"<!-- end of {name} -->"


def _pattern(name: str) -> re.Pattern[str]:
    begin, end = map(re.escape, _comments(name))
    return re.compile(f"{begin}.*?{end}", re.DOTALL)


def _wrapped(name: str, content: str) -> str:
    begin, end = _comments(name)
    return begin + content + end
