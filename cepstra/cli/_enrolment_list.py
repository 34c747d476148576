"""A list of recordings to enrol, as other services export it: path, name, channel, device."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from cepstra.cli._enrolment import Recording
from cepstra.cli._folders import speaker_name
from cepstra.frontend.channels import Channel

NEEDED = {"path", "name"}
CHANNELS: dict[str, Channel | None] = {"left": "left", "right": "right", "mix": "mix", "": None}


def listed_recordings(
    path: Path,
) -> tuple[dict[str, list[Recording]], dict[str, str]]:
    """Return name -> recordings, and line -> what is wrong with it.

    Paths are relative to the list's folder.

    Raises:
        click.UsageError: a column is missing.
    """
    speakers: dict[str, list[Recording]] = {}
    wrong: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if missing := NEEDED - set(rows.fieldnames or ()):
            raise click.UsageError(f"{path}: expected columns path and name, no {min(missing)}")
        for row in rows:
            place = f"{path}: line {rows.line_num}"
            try:
                name, recording = _recording(path.parent, row)
            except click.UsageError as error:
                wrong[place] = f"{place}: {error.message}"
                continue
            speakers.setdefault(name, []).append(recording)
    return speakers, wrong


def _recording(folder: Path, row: dict[str, str]) -> tuple[str, Recording]:
    channel = (row.get("channel") or "").strip().lower()
    if channel not in CHANNELS:
        raise click.UsageError(f"channel: expected left, right or mix, got {channel!r}")
    device = (row.get("device") or "").strip() or None
    recording = Recording(folder / row["path"].strip(), CHANNELS[channel], device)
    return speaker_name(row["name"]), recording
