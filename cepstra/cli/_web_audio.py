"""Fetch the sound track of a video on the web, here on the client; the service never does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cepstra.cli._microphone import HOW_TO_INSTALL
from cepstra.frontend.audio_errors import SourceError

MAX_BYTES = 2 * 2**30
TIMEOUT_S = 30
ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def fetch(url: str, folder: Path) -> Path:
    """Store the best sound track in a folder and return its path.

    Raises:
        SourceError: yt-dlp is missing, the address has no video, or it cannot be reached.
    """
    if not url.startswith(("http://", "https://")):
        raise SourceError(f"{url}: expected an address that begins with http:// or https://")
    try:
        import yt_dlp
    except ImportError:
        raise SourceError(f"{url}: needs yt-dlp ({HOW_TO_INSTALL})") from None
    try:
        with yt_dlp.YoutubeDL(_settings(folder)) as downloader:
            downloader.download([url])
    except yt_dlp.utils.YoutubeDLError as error:
        raise SourceError(f"{url}: {_one_line(error)}") from None
    fetched = sorted(folder.iterdir())
    if not fetched:
        raise SourceError(f"{url}: nothing was fetched; at most {MAX_BYTES // 2**30} GiB are")
    return fetched[0]


def _settings(folder: Path) -> dict[str, Any]:
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
