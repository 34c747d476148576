"""gunicorn in a process of its own that a warm one forks: what the service imports is loaded once.

What looks at a setting while it is imported is not loaded there: `prometheus_client`, and what of
the service imports it.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COUNTING = ("request_log", "service")  # these import prometheus_client
RESOURCES = [p.stem for p in sorted((ROOT / "resources").glob("*.py")) if p.stem not in COUNTING]
IMPORTED = (
    *("apispec.ext.marshmallow", "argon2", "flask_cors", "limits.storage", "psycopg"),
    *("flask_restful", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "jwt", "marshmallow"),
    *("onnxruntime", "orjson", "safetensors.numpy", "scipy.cluster.hierarchy", "scipy.linalg"),
    *("sklearn.mixture", "sqlalchemy", "threadpoolctl"),
    *("cepstra.verification.registry", "cepstra.verification.own_threshold"),
    *("cepstra.verification.retention", "cepstra.verification.spoken_digits"),
    *(f"cepstra.resources.{name}" for name in RESOURCES),
    "tests.warm_models",
)
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(list(IMPORTED))


class Outputs:
    """This process's standard output and error, as they are when it is sent to another process."""

    def __reduce__(self) -> tuple[object, ...]:
        return _take_outputs, (DupFd(1), DupFd(2))


def _take_outputs(*sent: object) -> Outputs:
    for own, each in enumerate(sent, start=1):
        os.dup2(each.detach(), own)  # type: ignore[attr-defined]
    return Outputs()


def start_gunicorn(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> ForkServerProcess:
    """Start `gunicorn ARGUMENTS` in a folder with exactly these variables."""
    given = (folder, list(arguments), dict(environment), Outputs())
    process = FORKED.Process(target=_run, args=given, daemon=True)
    process.start()
    return process


def _run(
    folder: Path, arguments: list[str], environment: dict[str, str], _outputs: Outputs
) -> None:
    assert "prometheus_client" not in sys.modules, "loaded before the server's settings are there"
    assert sys.modules["cepstra"].__path__ == [str(folder / "cepstra")], "loaded from elsewhere"
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["gunicorn", *arguments]
    from gunicorn.app.wsgiapp import run

    try:
        run()
    finally:
        atexit._run_exitfuncs()  # a forked process of multiprocessing ends without them
