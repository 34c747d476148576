"""Where a command's recordings come from: files, the microphone, a video on the web."""

from __future__ import annotations

import functools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PosixPath
from typing import Any

import click

from cepstra.cli._answer import translated_errors
from cepstra.cli._microphone import record
from cepstra.cli._web_audio import fetch

LONGEST_S = 600.0


def source_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --mic and --video-url; what they bring is added to its argument `files`.

    The command gets paths as before; those of other sources are temporary and gone when it ends.
    """

    @click.option(
        "--mic",
        "mic_s",
        type=click.FloatRange(0.5, LONGEST_S),
        metavar="SECONDS",
        help="Record from the microphone for so long.",
    )
    @click.option(
        "--video-url",
        "urls",
        multiple=True,
        metavar="ADDRESS",
        help="Fetch the sound track of a video on the web; may be repeated.",
    )
    @functools.wraps(function)
    def run(
        *args: Any, files: Sequence[Path], mic_s: float | None, urls: Sequence[str], **rest: Any
    ) -> Any:
        with translated_errors(), tempfile.TemporaryDirectory(prefix="cepstra-") as folder:
            brought = list(_brought(Path(folder), mic_s, urls))
            given = [from_standard_input(path, Path(folder)) for path in files]
            return function(*args, files=[*given, *brought], **rest)

    return run


class LabelledPath(PosixPath):
    """A temporary file, which people know by another name."""

    label = ""

    def __str__(self) -> str:
        return self.label

    def __fspath__(self) -> str:
        return PosixPath.__str__(self)


def labelled(path: Path, label: str) -> Path:
    """Return a path that is shown as the label."""
    shown = LabelledPath(path)
    shown.label = label
    return shown


def from_standard_input(path: Path, folder: Path) -> Path:
    """Return the path; of "-" that of a file in the folder with what standard input holds."""
    if str(path) != "-":
        return path
    target = folder / "standard-input"
    target.write_bytes(sys.stdin.buffer.read())
    return labelled(target, "standard input")


def at_least_one(files: Sequence[Path]) -> Sequence[Path]:
    """Return the recordings of all sources.

    Raises:
        click.UsageError: there are none.
    """
    if not files:
        raise click.UsageError("expected FILES, --mic SECONDS or --video-url ADDRESS")
    return files


def _brought(folder: Path, mic_s: float | None, urls: Sequence[str]) -> Iterator[Path]:
    for number, url in enumerate(urls):
        target = folder / f"web-{number}"
        target.mkdir()
        yield labelled(fetch(url, target), url)
    if mic_s is not None:
        path = folder / "microphone.wav"
        record(path, mic_s, lambda: click.echo(f"Speak now, for {mic_s:g} s.", err=True))
        yield labelled(path, "microphone")
