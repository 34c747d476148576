"""Files that are written as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path


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
