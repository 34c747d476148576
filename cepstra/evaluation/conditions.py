"""Copies of a corpus as another device would have recorded it, made once."""

import shutil
import subprocess
import sys
from pathlib import Path

CLEAN = "clean"
CONDITIONS = (CLEAN, "laptop", "phone", "cafe")


def recordings_in(condition: str, corpus: Path, degrade: Path, build: Path) -> Path:
    """The corpus in a condition, made on the first call.

    Args:
        condition: one of CONDITIONS; clean is the corpus itself.
        corpus: folder of recordings.
        degrade: the shared script degrade.py.
        build: where copies are kept; a copy that was interrupted is not taken for a whole one.

    Raises:
        subprocess.CalledProcessError: the script failed.
    """
    if condition == CLEAN:
        return corpus
    target = build / condition
    if not target.is_dir():
        unfinished = build / f"{condition}.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        command = [sys.executable, str(degrade), condition, str(corpus), str(unfinished)]
        subprocess.run(command, check=True)
        unfinished.rename(target)
    return target
