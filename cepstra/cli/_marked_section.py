"""A part of a page in docs/ that a command writes, between two comments that name the command."""

from __future__ import annotations

from pathlib import Path

import click

from cepstra.whole_files import write_whole

BEGIN, END = "<!-- {} -->\n", "<!-- end of {} -->"

page_option = click.option(
    "--page",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Page whose section of this command is renewed; printed alone when omitted.",
)


def show(page: Path | None, content: str) -> None:
    """Put the content into the page's section of this command; without a page, print it.

    Raises:
        click.ClickException: the page has no such section.
    """
    if page is None:
        click.echo(content)
        return
    name = click.get_current_context().info_name
    begin, end = BEGIN.format(name), END.format(name)
    before, section, after = _parted(page.read_text(encoding="utf-8"), begin, end)
    if not section:
        raise click.ClickException(f"{page}: expected the lines {begin.strip()} and {end}")
    write_whole(page, before + begin + content + end + after)


def kept(page: Path, name: str) -> str:
    """Return a command's section with its comments, empty where the page has none."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    _, section, _ = _parted(text, BEGIN.format(name), END.format(name))
    return section and f"\n{section}\n"


def _parted(text: str, begin: str, end: str) -> tuple[str, str, str]:
    """Return what stands before a section, the section, and what stands after it."""
    before, begins, rest = text.partition(begin)
    content, ends, after = rest.partition(end)
    return before, begins + content + ends if ends else "", after
