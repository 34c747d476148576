"""Recordings of many speakers with their sessions, from a tree of folders or a list."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from cepstra.cli._folders import speaker_name, speakers_in
from cepstra.cli._recording_list import file_of, read_list
from cepstra.evaluation.planned_trials import Spoken, sessions_by_time

FIRST_FAULTS = 10  # that are told where nothing can be used


@dataclass
class Source:
    """What a tree or a list holds.

    Attributes:
        root: folder that the files lie in.
        recordings: sessions of a speaker in their order.
        passed_over: what is not used, and why, a line each.
    """

    root: Path
    recordings: list[Spoken] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def source_of(path: Path) -> Source:
    """Return what a tree SPEAKER/* or a list with columns path, name and session holds.

    Where a speaker has folders, each is a session; else one ends where six hours follow without a
    recording, by the dates of the files.

    A file that a list names again is passed over: a recording that both enrols and attempts, or is
    said to be of two speakers, tells nothing.

    Raises:
        click.UsageError: there are no recordings, or the list lacks a column.
    """
    return _listed(path) if path.is_file() else _in_tree(path)


def _in_tree(folder: Path) -> Source:
    found = speakers_in(folder)
    source = Source(folder, passed_over=found.passed_over)
    for speaker, paths in found.speakers.items():
        sessions = _sessions(paths)
        for session, path in sorted(zip(sessions, paths, strict=True)):
            source.recordings.append(Spoken(path.relative_to(folder).as_posix(), speaker, session))
    return source


def _sessions(paths: Sequence[Path]) -> list[str]:
    folders = [str(path.parent) for path in paths]
    if len(set(folders)) > 1:
        return folders
    numbers = sessions_by_time([path.stat().st_mtime for path in paths])
    return [f"{number:06}" for number in numbers]


def _listed(path: Path) -> Source:
    seen: set[Path] = set()

    def spoken(row: dict[str, str]) -> Spoken:
        file, name = file_of(path.parent, row), speaker_name(row["name"])
        if (real := Path(os.path.realpath(path.parent / file))) in seen:
            raise click.UsageError(f"path: expected each file once, got {file} again")
        seen.add(real)
        return Spoken(file, name, row.get("session", ""))

    recordings, wrong = read_list(path, spoken)
    if not recordings:
        told = [f"{path}: expected lines that can be used, found none", *wrong]
        raise click.UsageError("\n".join(told[: 1 + FIRST_FAULTS]))
    return Source(path.parent, recordings, wrong)
