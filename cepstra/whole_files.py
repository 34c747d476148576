"""Files that are written as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DamagedFileError(Exception):
    """A file that was computed is not as it was written; says which, and what to do."""

    def __init__(self, path: Path, reason: object) -> None:
        self.what = f"{path}: expected a file as it was written, got a damaged one ({reason})"
        super().__init__(f"{self.what}; remove it, and it is computed again")


@contextmanager
def expected_whole(path: Path) -> Iterator[None]:
    """Tell which file is damaged, whatever those stumble over who read it inside.

    Raises:
        DamagedFileError: in place of their errors.
        OSError: the file cannot be opened.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and error.filename:
            raise
        raise DamagedFileError(path, str(error) or type(error).__name__) from error


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file, in folders made for it; where there is no room, what was there stays.

    Text is written as UTF-8, and what of a file's name was none as the bytes that it was.

    What is no ordinary file, such as /dev/stdout, is written to as it comes.

    Raises:
        OSError: it cannot be written; names the file.
    """
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogateescape")
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()
    beside = target.with_name(f".{os.getpid()}-{threading.get_ident()}.new")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        beside.write_bytes(data)
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        beside.unlink(missing_ok=True)  # where it was not put in its place
