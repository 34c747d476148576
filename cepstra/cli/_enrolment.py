"""Enrol recordings, each take once: the list they come from, and the report of what became."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from cepstra.cli._folders import speaker_name
from cepstra.cli._recording_list import file_of, read_list
from cepstra.cli._recordings import Speech, speech_s
from cepstra.client import Client, ConflictError, Message, NotFoundError
from cepstra.evaluation.planned_trials import spread
from cepstra.frontend import page_definition, to_message
from cepstra.frontend.audio import AudioError
from cepstra.frontend.audio_errors import NoSpeechError
from cepstra.frontend.channels import Channel
from cepstra.frontend.stretches import as_takes
from cepstra.resources.schemas.alias import LABEL_PATTERN, LABEL_RULE

KEPT_TAKES, KEPT_FRAMES = 60, 24_000  # the newest that a service keeps of a speaker
ADVISED_S = 45.0  # of free speech
DONE_OUTCOMES = ("enrolled", "known", "left out")  # what a report calls so is not done again
REPORT_COLUMNS = ("speaker", "file", "outcome", "takes", "error")
CHANNELS: dict[str, Channel | None] = {"left": "left", "right": "right", "mix": "mix", "": None}


@dataclass(frozen=True)
class EnrolmentFile:
    """A file to enrol.

    Attributes:
        path: where it is.
        channel: which of two channels holds the speaker; None for what the command says.
        device: label of what recorded it; None for none.
        is_confirmed: it is the speaker's, however it sounds.
    """

    path: Path
    channel: Channel | None = None
    device: str | None = None
    is_confirmed: bool = False


@dataclass(frozen=True)
class FileOutcome:
    """What became of a file: enrolled, known before, failed or left out; and why.

    Of one that is enrolled or known, the error tells of takes that were refused.
    """

    path: Path
    speaker: str
    outcome: str
    takes: int = 0
    error: str = ""

    def __str__(self) -> str:
        """Return one line for people."""
        done = f"{self.path}: {self.outcome}, takes: {self.takes}"
        said = self.error if self.outcome == "failed" else done
        return f"{self.speaker}: {said}"


OnFile = Callable[[FileOutcome], None]


@dataclass
class EnrolmentResult:
    """What became of a speaker's recordings.

    Attributes:
        speaker: whose they are.
        files: those enrolled now or before.
        new_takes: takes enrolled now.
        known_takes: takes that were there already.
        left_out: files beyond what a service keeps.
        takes_left_out: takes of other files beyond it.
        unlike_takes: takes refused because they sound like another voice than those before.
        speech_s: seconds of speech that are kept, as page and service count them; None of somebody
            without takes.
        is_ready: whether attempts can be verified.
        failed: file -> what is wrong with it.
    """

    speaker: str
    files: int = 0
    new_takes: int = 0
    known_takes: int = 0
    left_out: int = 0
    takes_left_out: int = 0
    unlike_takes: int = 0
    speech_s: float | None = None
    is_ready: bool = False
    failed: dict[str, str] = field(default_factory=dict)


def enrol(
    client: Client,
    speaker: str,
    recordings: Sequence[EnrolmentFile],
    speech: Speech,
    on_file: OnFile,
    owners: dict[str, str],
) -> EnrolmentResult:
    """Enrol what is not enrolled yet; a broken file is noted and the others go on.

    Of more files or frames than a service keeps, as many are chosen, evenly spread. One whose takes
    are another's, as `owners` tells, is as good as broken.

    Raises:
        CepstraError: the service cannot be used.
    """
    chosen = spread(recordings, KEPT_TAKES)
    result = EnrolmentResult(speaker, left_out=len(recordings) - len(chosen))
    for recording in (each for each in recordings if each not in chosen):
        on_file(FileOutcome(recording.path, speaker, "left out"))
    kept, most = kept_takes(client, speaker), max(2, KEPT_TAKES // len(chosen))
    heard: list[tuple[EnrolmentFile, list[dict[str, Any]]]] = []
    for recording in chosen:
        try:
            heard.append((recording, _messages(recording, speech, most)))
        except AudioError as error:
            result.failed[str(recording.path)] = str(error)
            on_file(FileOutcome(recording.path, speaker, "failed", error=str(error)))
    fitting = _fitting([messages for _, messages in heard])
    for (recording, messages), fits in zip(heard, fitting, strict=True):
        if messages and not fits:
            result.left_out += 1
            on_file(FileOutcome(recording.path, speaker, "left out"))
            continue
        result.takes_left_out += len(messages) - len(fits)
        if others := {owners.setdefault(take_name(fit), speaker) for fit in fits} - {speaker}:
            on_file(_of_another(recording.path, others.pop(), result))
            continue
        on_file(_enrol_file(client, recording, fits, kept, result))
    return _described(client, result) if kept and not result.new_takes else result


def _of_another(path: Path, other: str, result: EnrolmentResult) -> FileOutcome:
    error = f"{path}: is the same recording as one of {other}; whose is it?"
    result.failed[str(path)] = error
    return FileOutcome(path, result.speaker, "failed", error=error)


def _enrol_file(
    client: Client,
    recording: EnrolmentFile,
    messages: Sequence[dict[str, Any]],
    kept: set[str],
    result: EnrolmentResult,
) -> FileOutcome:
    new, unlike = result.new_takes, result.unlike_takes
    confirmed = {"confirm_voice": True} if recording.is_confirmed else {}
    for message in messages:
        _enrol_once(client, {**message, **confirmed}, kept, result)
    unlike = result.unlike_takes - unlike
    takes = len(messages) - unlike
    error = f"{recording.path}: takes that sound unlike those before: {unlike}" if unlike else ""
    if unlike and not takes:
        result.failed[str(recording.path)] = error
        return FileOutcome(recording.path, result.speaker, "failed", error=error)
    result.files += 1
    outcome = "enrolled" if result.new_takes > new else "known"
    return FileOutcome(recording.path, result.speaker, outcome, takes, error)


def _messages(recording: EnrolmentFile, speech: Speech, most: int) -> list[dict[str, Any]]:
    speech = replace(speech, channel=recording.channel or speech.channel)
    digit = speech.digit_of(recording.path)
    stretches = speech.stretches(recording.path)
    cut = [s.features for s in stretches] if digit is not None else as_takes(stretches, most)
    takes = [take for take in cut if speech_s(take)]  # a service refuses others
    if not takes:
        raise NoSpeechError(f"{recording.path}: nobody speaks in it")
    device = {"device": recording.device} if recording.device else {}
    return [{**to_message(take, digit), **device} for take in takes]


def _enrol_once(
    client: Client, message: dict[str, Any], kept: set[str], result: EnrolmentResult
) -> None:
    take = take_name(message)
    if take in kept:
        result.known_takes += 1
        return
    try:
        trained = client.train(result.speaker, {**message, "take": take})
    except ConflictError as error:
        if "confirm_voice" not in error.errors:
            raise
        result.unlike_takes += 1
        return
    kept.add(take)
    result.new_takes += 1
    result.speech_s = trained["train_data_length"] / page_definition().frames_per_second
    result.is_ready = trained["score_threshold"] is not None


def _described(client: Client, result: EnrolmentResult) -> EnrolmentResult:
    """Fill in from the service what no training told."""
    status = client.status(result.speaker)
    result.speech_s = status["train_data_length"] / page_definition().frames_per_second
    result.is_ready = status["score_threshold"] is not None
    return result


def kept_takes(client: Client, speaker: str) -> set[str]:
    """Return the names of a speaker's takes; none of somebody who is not enrolled."""
    try:
        return {entry["take"] for entry in client.status(speaker)["training_log"]}
    except NotFoundError:
        return set()


def take_name(message: Message) -> str:
    """Return a name that two takes share if their cepstra are the same."""
    content = json.dumps(message["mfcc"]).encode()
    return f"file-{hashlib.sha256(content).hexdigest()[:24]}"


def _fitting(messages: Sequence[Sequence[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Of each file's takes those that a service keeps all together, evenly spread."""
    takes = [(file, take) for file, own in enumerate(messages) for take in own]
    chosen = takes
    while sum(len(take["mfcc"]) for _, take in chosen) > KEPT_FRAMES:
        chosen = spread(takes, len(chosen) - 1)
    return [[take for own, take in chosen if own == file] for file in range(len(messages))]


def listed_recordings(path: Path) -> tuple[dict[str, list[EnrolmentFile]], list[str]]:
    """Return name -> recordings, and the lines that are wrong, with what is.

    A list is CSV, as other services export it: path, name, channel, device. Paths are relative to
    the list's folder.

    Raises:
        click.UsageError: it cannot be read, or a column is missing.
    """
    listed, wrong = read_list(path, partial(_listed, path.parent))
    speakers: dict[str, list[EnrolmentFile]] = {}
    for name, recording in listed:
        speakers.setdefault(name, []).append(recording)
    return speakers, wrong


def _listed(folder: Path, row: dict[str, str]) -> tuple[str, EnrolmentFile]:
    channel, device = row.get("channel", "").lower(), row.get("device") or None
    if channel not in CHANNELS:
        raise click.UsageError(f"channel: expected left, right or mix, got {channel!r}")
    if device and not re.fullmatch(LABEL_PATTERN, device):
        raise click.UsageError(f"device: expected {LABEL_RULE}, got {device!r}")
    name = speaker_name(row["name"])
    path = folder / file_of(folder, row)
    return name, EnrolmentFile(path, CHANNELS[channel], device)


def done_before(report: Path | None) -> set[tuple[str, str]]:
    """Return speaker and file of what a report calls done; nothing where there is none."""
    if report is None or not report.is_file():
        return set()
    with report.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("outcome") in DONE_OUTCOMES]
    return {(row["speaker"], row["file"]) for row in rows}


def report_writer(report: Path | None) -> Callable[[FileOutcome], None]:
    """Return a function that adds a line to the report at once, so that none is lost."""

    def write(outcome: FileOutcome) -> None:
        if report is None:
            return
        try:
            report.parent.mkdir(parents=True, exist_ok=True)
            is_new = not report.exists()
            with report.open("a", encoding="utf-8", errors="surrogateescape", newline="") as file:
                lines = csv.writer(file)
                if is_new:
                    lines.writerow(REPORT_COLUMNS)
                told = outcome.outcome, outcome.takes, outcome.error
                lines.writerow((outcome.speaker, outcome.path, *told))
        except OSError as error:
            raise click.FileError(str(report), error.strerror) from None

    return write
