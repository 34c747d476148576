"""Folders of recordings, and names for speakers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from cepstra.verification.names import NAME_RULE, is_name, normal_name

SUFFIXES = frozenset(
    ".3g2 .3ga .3gp .aac .ac3 .aif .aifc .aiff .amr .asf .au .avi .awb .caf .dts .flac .flv "
    ".m2ts .m4a .m4b .m4v .mka .mkv .mov .mp2 .mp3 .mp4 .mpeg .mpg .mpga .mts .oga .ogg .ogv "
    ".opus .snd .sph .spx .ts .tta .vob .w64 .wav .wave .weba .webm .wma .wmv .wv".split()
)
PARTS_OF_CORPORA = (
    *("train", "training", "dev", "development", "val", "valid", "validation"),
    *("test", "testing", "eval", "evaluation", "enrol", "enroll", "enrolment", "enrollment"),
)
OF_THE_SYSTEM = ("thumbs.db", "desktop.ini")


@dataclass
class Folder:
    """Recordings of speakers, and what is no recording.

    Attributes:
        speakers: name -> recordings.
        passed_over: what nothing is made of, and why, a line each.
    """

    speakers: dict[str, list[Path]] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)


def recordings_in(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the sound files and videos in a folder and below, and what is passed over there.

    Links are followed, but to no folder that was seen before or that this one lies in.
    """
    if not _is_open(folder):
        return [], [f"{folder}: passed over, it may not be read"]
    recordings, passed_over = [], []
    # What a link to a folder around this one leads to may be of other speakers.
    seen = {folder.resolve(), *folder.resolve().parents}
    for path in sorted(_below(folder, seen)):
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if is_hidden or path.name.lower() in OF_THE_SYSTEM:
            continue
        if why := _unfit(path):
            passed_over.append(f"{path}: passed over, {why}")
        else:
            recordings.append(path)
    return recordings, passed_over


def _unfit(path: Path) -> str:
    """Return why nothing is made of what lies in a folder; nothing for a recording."""
    if not os.path.lexists(path):
        return "its path is too long"
    if path.is_dir():
        return "it leads to a folder that was seen" if _is_open(path) else "it may not be read"
    if not path.is_file():
        return "it leads to no file"
    return "" if path.suffix.lower() in SUFFIXES else "it is not named as sound is"


def _below(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """Yield what is no folder, and links to folders that were seen; the others' contents."""
    waiting = [folder]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            # Unlike resolve(), it is at ease with links in a circle.
            target = Path(os.path.realpath(path))
            if not os.path.isdir(path) or target in seen or not _is_open(path):
                yield path
            elif not path.name.startswith("."):
                seen.add(target)
                waiting.append(path)


def _is_open(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)


def speakers_in(folder: Path) -> Folder:
    """Return what a tree NAME/* holds.

    Raises:
        click.UsageError: no recordings, or they are those of PART/NAME/*.
    """
    found = Folder()
    real = folder.resolve()
    # What a link to a folder around leads to is everybody, not one more speaker.
    seen = {around: around for around in (real, *real.parents)}
    for path in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        other = seen.setdefault(Path(os.path.realpath(path)), path)
        if other != path:
            found.passed_over.append(f"{path}: passed over, it is the same as {other}")
        elif path.is_dir():
            _add(found, path)
        elif path.name.lower() not in OF_THE_SYSTEM:
            found.passed_over.append(f"{path}: passed over, it is in no folder of a speaker")
    if not found.speakers and not found.passed_over:
        raise click.UsageError(f"{folder}: expected folders NAME/ with recordings, found none")
    if _are_parts(folder, found.speakers):
        told = " and ".join(found.speakers)
        text = f"{folder}: {told} are parts of a corpus; expected folders of speakers, as in one"
        raise click.UsageError(f"{text} of them, or a list (CSV)")
    return found


def _are_parts(folder: Path, speakers: dict[str, list[Path]]) -> bool:
    """Tell PART/NAME/* from NAME/*: by what corpora call their parts, and nothing beside NAME/."""
    are_called_so = all(name.lower() in PARTS_OF_CORPORA for name in speakers)
    nested = all(path.parent.parent != folder for own in speakers.values() for path in own)
    return len(speakers) > 1 and are_called_so and nested


def _add(found: Folder, folder: Path) -> None:
    recordings, passed_over = recordings_in(folder)
    found.passed_over += passed_over
    try:
        name = speaker_name(folder.name)
    except click.UsageError as error:
        found.passed_over.append(f"{folder}: passed over; {error.message}")
        return
    if name in found.speakers:
        found.passed_over.append(f"{folder}: passed over, another folder is called {name} too")
    elif recordings:
        found.speakers[name] = recordings
    elif _is_open(folder):
        found.passed_over.append(f"{folder}: passed over, it holds no recordings")


def speaker_name(text: str) -> str:
    """Return a speaker's name as the service takes it: the text, in its usual spelling.

    Raises:
        click.UsageError: it is none.
    """
    name = normal_name(text.strip())
    if not is_name(name):
        raise click.UsageError(f"expected a name of {NAME_RULE}, got {text!r}")
    return name
