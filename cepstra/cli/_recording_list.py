"""Lists of recordings as people have them: CSV of a spreadsheet, whatever it separates by."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from unicodedata import normalize

import click

Item = TypeVar("Item")
COLUMNS = ("path", "name")
SEPARATORS = ",;\t"
SURPLUS = "\0"  # a name that no column has
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?\r?\n', re.IGNORECASE)  # as Excel takes it


def read_list(path: Path, parse: Callable[[dict[str, str]], Item]) -> tuple[list[Item], list[str]]:
    """Return what is made of a list's lines, and which lines are wrong and why.

    Cells are separated by comma, semicolon or tab, as the first line shows or `sep=;` in front of
    it says; cells that are missing are empty, those beyond the columns stand under SURPLUS. The
    text is UTF-8, or UTF-16 with its mark.

    Args:
        path: the list.
        parse: makes something of a line's cells by column, in small letters, or raises
            click.UsageError.

    Raises:
        click.UsageError: it is other text, a quote is not closed, the column path or name is
            missing, one is there twice, or there are no lines.
    """
    parsed, wrong = [], []
    for place, cells in _rows(path):
        try:
            parsed.append(parse(cells))
        except click.UsageError as error:
            wrong.append(f"{place}: {error.message}")
    if not parsed and not wrong:
        raise click.UsageError(f"{path}: expected lines with a path and a name, found none")
    return parsed, wrong


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where a line begins, and its cells by column."""
    text = _text(path)
    told = SEPARATOR_LINE.match(text)
    head = text[told.end() :] if told else text
    separator = max(SEPARATORS, key=head.lstrip().partition("\n")[0].count)  # of none, the comma
    lines = io.StringIO(text, newline="")
    lines.seek(told.end() if told else 0)
    rows = csv.reader(lines, delimiter=told[1] if told else separator, strict=True)
    first_line = line = 2 if told else 1
    try:
        columns = _columns(path, next(filter(any, rows), []))
        line = first_line + rows.line_num
        for row in rows:
            cells = dict.fromkeys(columns, "")
            cells.update(zip(columns, map(str.strip, row), strict=False))
            cells[SURPLUS] = " ".join(row[len(columns) :]).strip()
            if any(cells.values()):
                yield f"{path}: line {line}", cells
            line = first_line + rows.line_num
    except csv.Error as error:
        text = f"{path}: line {line}: expected cells whose quotes are closed, got {error}"
        raise click.UsageError(text) from None


def _columns(path: Path, head: list[str]) -> list[str]:
    columns = [column.strip().lower() for column in head]
    if missing := [column for column in COLUMNS if column not in columns]:
        found = ", ".join(filter(None, columns)) or "none"
        raise click.UsageError(
            f"{path}: expected columns path and name, no {missing[0]} among {found}"
        )
    if twice := [column for column in columns if column and columns.count(column) > 1]:
        raise click.UsageError(f"{path}: expected each column once, got {twice[0]} twice")
    return columns


def file_of(folder: Path, row: dict[str, str]) -> str:
    """Return the path that a line of a list in a folder means, written on Windows or a Mac, too.

    Raises:
        click.UsageError: none is named, or a cell was torn at a separator.
    """
    cell = row["path"]
    if row[SURPLUS]:
        text = f"expected a cell for each column, got {row[SURPLUS]!r} beyond them"
        raise click.UsageError(f"{text}; put a cell that holds a separator in quotes")
    if not cell:
        raise click.UsageError("path: expected a file, got none")
    slashed = cell.replace("\\", "/")
    spelled = [normalize(form, each) for each in (cell, slashed) for form in ("NFC", "NFD")]
    return next((each for each in (cell, *spelled) if (folder / each).exists()), slashed)


def _text(path: Path) -> str:
    content = path.read_bytes()
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        text = f"{path}: expected UTF-8, got other text in line {line}; save it as CSV UTF-8"
        raise click.UsageError(text) from None
