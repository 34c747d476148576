"""Parts of a file that are read as files of their own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FilePart:
    """Sound of one layout; files that were joined have several.

    Attributes:
        format: of the container.
        start: where it begins in the file.
        size: how many bytes are there.
        head: what is read before them.
        stated: how many bytes there should be; None where nothing says so.
        gain: factor that brings the samples to [-1, 1].
    """

    format: str
    start: int
    size: int
    head: bytes = b""
    stated: int | None = None
    gain: float = 1.0


class PartialFile(io.RawIOBase):
    """The head of a part, and behind it the part; reads as a file."""

    def __init__(self, path: Path, part: FilePart) -> None:
        self._file = path.open("rb")
        self._head, self._part, self._at = part.head, part, 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that any place can be gone to."""
        return True

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        base = (0, self._at, len(self._head) + self._part.size)[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return as many bytes, or all that are left."""
        whole = len(self._head) + self._part.size
        size = whole - self._at if size < 0 else min(size, whole - self._at)
        if size <= 0:
            return b""
        found = self._head[self._at : self._at + size]
        if len(found) < size:
            self._file.seek(self._part.start + self._at + len(found) - len(self._head))
            found += self._file.read(size - len(found))
        self._at += len(found)
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
