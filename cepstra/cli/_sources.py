"""Where a command's recordings come from: files, the microphone, a video on the web."""

from __future__ import annotations

import functools
import re
import sys
import tempfile
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PosixPath
from typing import Any

import click
import numpy as np

from cepstra.cli._failures import how_to_install
from cepstra.cli._options import FiniteRange
from cepstra.frontend.audio_errors import SourceError

LONGEST_S = 600.0  # of the microphone
MAX_BYTES, TIMEOUT_S = 2 * 2**30, 30  # of a sound track
ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PORTAUDIO = "PortAudio, a library of the system, is missing (Debian: apt-get install libportaudio2)"


def source_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --mic and --video-url; what they bring is added to its argument `files`.

    The command gets paths as before; those of other sources are temporary and gone when it ends.
    """

    @click.option(
        "--mic",
        "mic_s",
        type=FiniteRange(0.5, LONGEST_S),
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
        for path in files:
            if path.parts[:1] in (("http:",), ("https:",)) and not path.exists():
                raise click.UsageError(f"{path}: expected a file; --video-url takes addresses")
        with tempfile.TemporaryDirectory(prefix="cepstra-") as folder:
            brought = list(_brought(Path(folder), mic_s, urls))
            given = [from_stream(path, Path(folder)) for path in files]
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
    result = LabelledPath(path)
    result.label = label
    return result


def shown(name: str) -> str:
    """Return a file's name as text, for pictures and formats: it may hold bytes that are none."""
    return name.encode("utf-8", "backslashreplace").decode()


def from_stream(path: Path, folder: Path) -> Path:
    """Return the path; of "-" and a pipe that of a file in the folder with what they hold."""
    is_input = str(path) == "-"
    if not is_input and not path.is_fifo():
        return path
    target = folder / f"stream-{len(list(folder.iterdir()))}"
    target.write_bytes(sys.stdin.buffer.read() if is_input else path.read_bytes())
    return labelled(target, "standard input" if is_input else str(path))


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
        yield labelled(_fetch(url, target), url)
    if mic_s is not None:
        path = folder / "microphone.wav"
        _record(path, mic_s, lambda: click.echo(f"Speak now, for {mic_s:g} s.", err=True))
        yield labelled(path, "microphone")


def _record(path: Path, seconds: float, on_ready: Callable[[], None]) -> None:
    """Record one channel for so long, at the microphone's own rate, as 16-bit WAV.

    Calls `on_ready` once there is a microphone, just before listening.

    Raises:
        SourceError: the library or a microphone is missing, or it cannot be opened.
    """
    sound = _sounddevice()
    try:
        rate_hz = int(sound.query_devices(kind="input")["default_samplerate"])
    except (sound.PortAudioError, ValueError):
        raise SourceError("microphone: this machine has none") from None
    try:
        on_ready()
        samples = sound.rec(
            round(seconds * rate_hz),
            samplerate=rate_hz,
            channels=1,
            dtype="float32",
            blocking=True,
        )
    except (sound.PortAudioError, ValueError) as error:
        raise SourceError(f"microphone: cannot be used ({error})") from error
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def _sounddevice() -> Any:
    try:
        import sounddevice
    except ImportError:
        raise SourceError(
            f"microphone: needs sounddevice ({how_to_install('sounddevice')})"
        ) from None
    except OSError:
        raise SourceError(f"microphone: {PORTAUDIO}") from None
    return sounddevice


def _fetch(url: str, folder: Path) -> Path:
    """Store the best sound track of a video in a folder and return its path.

    This is done here on the client; the service never fetches.

    Raises:
        SourceError: yt-dlp is missing, the address has no video, or it cannot be reached.
    """
    if not url.startswith(("http://", "https://")):
        raise SourceError(f"{url}: expected an address that begins with http:// or https://")
    try:
        import yt_dlp
    except ImportError:
        raise SourceError(f"{url}: needs yt-dlp ({how_to_install('yt_dlp')})") from None
    try:
        with yt_dlp.YoutubeDL(_downloader_settings(folder)) as downloader:
            downloader.download([url])
    except yt_dlp.utils.YoutubeDLError as error:
        raise SourceError(f"{url}: {_one_line(error)}") from None
    fetched = sorted(folder.iterdir())
    if not fetched:
        raise SourceError(f"{url}: nothing was fetched; at most {MAX_BYTES // 2**30} GiB are")
    return fetched[0]


def _downloader_settings(folder: Path) -> dict[str, Any]:
    return {
        "format": "bestaudio/best",
        "outtmpl": str(folder / "track.%(ext)s"),
        "noplaylist": True,
        "playlist_items": "1",
        "max_filesize": MAX_BYTES,
        "socket_timeout": TIMEOUT_S,
        "retries": 3,
        "cachedir": False,
        "fixup": "never",
        "quiet": True,
        "noprogress": True,
        "no_warnings": True,
        "logger": _Silence(),
    }


class _Silence:
    """The error that is raised says everything."""

    def debug(self, text: str) -> None:
        """Say nothing."""

    info = warning = error = debug


def _one_line(error: Exception) -> str:
    text = ANSI_COLOUR.sub("", str(error)).removeprefix("ERROR: ")
    return " ".join(text.partition("; please report")[0].split())
