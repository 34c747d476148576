"""Folders of recordings, and names for speakers."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import click

SUFFIXES = frozenset(
    ".aac .aif .aiff .flac .m4a .mka .mkv .mov .mp3 .mp4 .oga .ogg .opus .wav .webm .wma".split()
)
LONGEST_NAME = 64


def recordings_in(folder: Path) -> list[Path]:
    """Return the sound files and videos in a folder and below, in order of path."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def speakers_in(folder: Path) -> dict[str, list[Path]]:
    """Return name -> recordings of a tree NAME/*.

    Raises:
        click.UsageError: there is none, or two folders come to the same name.
    """
    found: dict[str, list[Path]] = {}
    for own in sorted(path for path in folder.iterdir() if path.is_dir()):
        if recordings := recordings_in(own):
            name = speaker_name(own.name)
            if name in found:
                raise click.UsageError(f"{own}: another folder is called {name} too")
            found[name] = recordings
    if not found:
        raise click.UsageError(f"{folder}: expected folders NAME/ with recordings, found none")
    return found


def speaker_name(text: str) -> str:
    """Return a name that the service takes: letters without accents, digits, '.', '_' and '-'.

    Raises:
        click.UsageError: nothing is left of the text.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-")[:LONGEST_NAME]
    if not name:
        raise click.UsageError(f"expected a name with letters or digits, got {text!r}")
    return name
