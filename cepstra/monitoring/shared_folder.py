"""The folder in which gunicorn's workers add up their numbers, one for each boot.

It has to be there before `prometheus_client` is imported, which looks for it once. It lies in
memory where that is possible: a worker that writes to a file on a full disk through `mmap`, as
`prometheus_client` does, is killed.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
MEMORY = Path("/dev/shm")

_made_by: dict[int, Path] = {}


def make() -> None:
    """Make the folder and tell `prometheus_client`; once a process, however often it is called."""
    pid = os.getpid()
    if pid not in _made_by:
        parent = MEMORY if os.access(MEMORY, os.W_OK) else None
        folder = Path(tempfile.mkdtemp(prefix=f"cepstra-metrics-{pid}-", dir=parent))
        _made_by[pid] = folder
        atexit.register(_remove)
    os.environ[VARIABLE] = str(_made_by[pid])


def forget_worker(pid: int) -> None:
    """Take a worker that ended out of what is going on; what it counted stays."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _remove() -> None:
    """Remove this process's folder; workers, which inherit this call, have made none."""
    if folder := _made_by.get(os.getpid()):
        shutil.rmtree(folder, ignore_errors=True)
