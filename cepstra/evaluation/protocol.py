"""Enrolment and trial lists of a verification protocol: read, check, write."""

import csv
import io
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cepstra.evaluation.parts import whole_path
from cepstra.whole_files import write_whole

SUFFIXES = (".flac", ".wav", ".ogg")
_DIGIT_FILE = re.compile(r"(\d)_[^_]+_\d+(\.\w+)?")


class ProtocolError(ValueError):
    """A list is not what the protocol says, or names a recording that is not there."""


@dataclass(frozen=True)
class Trial:
    """One attempt against one model.

    Attributes:
        model: the enrolled speaker claimed.
        speaker: who speaks.
        is_target: whether that is the model's own speaker.
        files: recordings spoken one after the other, relative to the corpus, no suffix.
    """

    model: str
    speaker: str
    is_target: bool
    files: tuple[str, ...]


def read_enrolment(path: Path) -> dict[str, tuple[str, ...]]:
    """Read `speaker,files` into speaker -> files.

    Raises:
        ProtocolError: naming the file, line and column that is wrong.
    """
    enrolment: dict[str, tuple[str, ...]] = {}
    for line, row in _rows(path, ("speaker", "files")):
        speaker = _filled(path, line, row, "speaker")
        if speaker in enrolment:
            raise ProtocolError(f"{path}, line {line}, column speaker: {speaker!r} appears twice")
        enrolment[speaker] = _files(path, line, row)
    return enrolment


def read_trials(path: Path, models: Iterable[str]) -> list[Trial]:
    """Read `model,speaker,target,files`.

    Args:
        path: the list.
        models: the enrolled speakers; a trial against anybody else is an error.

    Raises:
        ProtocolError: naming the file, line and column that is wrong, or when the list lacks
            targets or impostors, without which there is no error rate.
    """
    known = set(models)
    trials: list[Trial] = []
    for line, row in _rows(path, ("model", "speaker", "target", "files")):
        model = _filled(path, line, row, "model")
        if model not in known:
            raise ProtocolError(f"{path}, line {line}, column model: {model!r} is not enrolled")
        target = _filled(path, line, row, "target")
        if target not in ("0", "1"):
            raise ProtocolError(
                f"{path}, line {line}, column target: expected 0 or 1, got {target!r}"
            )
        files = _files(path, line, row)
        trials.append(Trial(model, _filled(path, line, row, "speaker"), target == "1", files))
    if {trial.is_target for trial in trials} != {True, False}:
        raise ProtocolError(f"{path}, column target: expected both targets (1) and impostors (0)")
    return trials


def write_enrolment(path: Path, enrolment: Mapping[str, Sequence[str]]) -> None:
    """Write what `read_enrolment` reads; names with a space are quoted as a shell does."""
    write_csv(path, ("speaker", "files"), ((who, shlex.join(f)) for who, f in enrolment.items()))


def write_trials(path: Path, trials: Iterable[Trial]) -> None:
    """Write what `read_trials` reads."""
    rows = ((t.model, t.speaker, int(t.is_target), shlex.join(t.files)) for t in trials)
    write_csv(path, ("model", "speaker", "target", "files"), rows)


def locate(files: Iterable[str], audio_dir: Path) -> dict[str, Path]:
    """Find the recording of each file name, with any known suffix; a part keeps its span.

    Raises:
        ProtocolError: naming the recordings that are missing.
    """
    found: dict[str, Path] = {}
    missing: list[str] = []
    for name in dict.fromkeys(files):
        candidates = [audio_dir / name, *(audio_dir / f"{name}{suffix}" for suffix in SUFFIXES)]
        path = next((path for path in candidates if whole_path(path)[0].is_file()), None)
        if path is None:
            missing.append(name)
        else:
            found[name] = path
    if missing:
        shown = ", ".join(missing[:5]) + (" ..." if len(missing) > 5 else "")
        raise ProtocolError(
            f"{audio_dir}: {len(missing)} of {len(missing) + len(found)} recordings are missing "
            f"(looked for {', '.join(SUFFIXES)}): {shown}"
        )
    return found


def digit_of(file: str) -> int | None:
    """The digit said, from a name like `SPEAKER/DIGIT_SPEAKER_TAKE`; None for other names."""
    match = _DIGIT_FILE.fullmatch(file.rsplit("/", 1)[-1])
    return int(match[1]) if match else None


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    if not path.is_file():
        raise ProtocolError(f"{path}: no such file")
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as source:
            reader = csv.DictReader(source)
            absent = [name for name in columns if name not in (reader.fieldnames or ())]
            if absent:
                raise ProtocolError(f"{path}, line 1: column {', '.join(absent)} is missing")
            empty = True
            for row in reader:
                empty = False
                yield reader.line_num, row
            if empty:
                raise ProtocolError(f"{path}: the list is empty")
    except (UnicodeDecodeError, csv.Error) as error:
        raise ProtocolError(f"{path}: not a CSV text file ({error})") from error


def _filled(path: Path, line: int, row: Mapping[str, str | None], column: str) -> str:
    value = (row[column] or "").strip()
    if not value:
        raise ProtocolError(f"{path}, line {line}, column {column}: is empty")
    return value


def _files(path: Path, line: int, row: Mapping[str, str | None]) -> tuple[str, ...]:
    text = _filled(path, line, row, "files")
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise ProtocolError(f"{path}, line {line}, column files: {error}: {text}") from None


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a header and rows as CSV, whole."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_whole(path, target.getvalue())
