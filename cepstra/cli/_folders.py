"""Folders of recordings, and names for speakers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click

from cepstra.verification.names import NAME_RULE, is_name, normal_name

SUFFIXES = frozenset(
    ".3g2 .3gp .aac .ac3 .aif .aifc .aiff .amr .asf .au .avi .awb .caf .flac .m4a .m4b .m4v .mka "
    ".mkv .mov .mp2 .mp3 .mp4 .mpga .oga .ogg .ogv .opus .snd .w64 .wav .wave .weba .webm .wma "
    ".wmv".split()
)
OF_THE_SYSTEM = ("thumbs.db", "desktop.ini")


@dataclass
class Folder:
    """Recordings of speakers, and what is no recording.

    Attributes:
        speakers: name -> recordings.
        passed_over: path -> why nothing is made of it.
    """

    speakers: dict[str, list[Path]] = field(default_factory=dict)
    passed_over: dict[str, str] = field(default_factory=dict)


def recordings_in(folder: Path) -> tuple[list[Path], dict[str, str]]:
    """Return the sound files and videos in a folder and below, and what is passed over there."""
    recordings, passed_over = [], {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_hidden = any(part.startswith(".") for part in parts)
        if is_hidden or path.name.lower() in OF_THE_SYSTEM or not path.is_file():
            continue
        if path.suffix.lower() in SUFFIXES:
            recordings.append(path)
        else:
            passed_over[str(path)] = f"{path}: passed over, it is not named as sound is"
    return recordings, passed_over


def speakers_in(folder: Path) -> Folder:
    """Return what a tree NAME/* holds.

    Raises:
        click.UsageError: no recordings.
    """
    found = Folder()
    for path in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        if not path.is_dir():
            if path.name.lower() not in OF_THE_SYSTEM:
                text = f"{path}: passed over, it is in no folder of a speaker"
                found.passed_over[str(path)] = text
            continue
        _add(found, path)
    if not found.speakers and not found.passed_over:
        raise click.UsageError(f"{folder}: expected folders NAME/ with recordings, found none")
    return found


def _add(found: Folder, folder: Path) -> None:
    recordings, passed_over = recordings_in(folder)
    found.passed_over |= passed_over
    try:
        name = speaker_name(folder.name)
    except click.UsageError as error:
        found.passed_over[str(folder)] = f"{folder}: passed over; {error.message}"
        return
    if name in found.speakers:
        text = f"{folder}: passed over, another folder is called {name} too"
        found.passed_over[str(folder)] = text
    elif recordings:
        found.speakers[name] = recordings
    else:
        found.passed_over[str(folder)] = f"{folder}: passed over, it holds no recordings"


def speaker_name(text: str) -> str:
    """Return a speaker's name as the service takes it: the text, in its usual spelling.

    Raises:
        click.UsageError: it is none.
    """
    name = normal_name(text.strip())
    if not is_name(name):
        raise click.UsageError(f"expected a name of {NAME_RULE}, got {text!r}")
    return name
