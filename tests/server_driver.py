"""A server of the service in a process of its own, as a deployment starts it."""

from __future__ import annotations

import os
import socket
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess

from database_driver import Database
from surroundings import ROOT
from warm_server import start_gunicorn


@dataclass
class LiveServer:
    """A server process of its own on a database."""

    url: str
    port: int
    database: Database
    process: ForkServerProcess
    settings: Mapping[str, str]

    def stop(self) -> None:
        """End the server and wait until its port is free."""
        self.process.terminate()
        self.wait()

    def wait(self) -> None:
        """Wait until it has ended."""
        self.process.join(60)
        assert not self.process.is_alive(), "the server has not ended within a minute"


def free_port() -> int:
    """Return a TCP port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Tests of ways through the service draw digits and noise at random: at the shipped threshold one
# honest attempt in ten would be refused. How often is measured by commands, on whole corpora.
LENIENT = {"TARGET_FALSE_ACCEPT_RATE": "0.05"}


def start_server(
    database: Database, port: int, workers: int = 1, settings: Mapping[str, str] | None = None
) -> LiveServer:
    """Start gunicorn on `api:app` as a deployment does and wait until it answers."""
    environment = {**os.environ, **LENIENT, **database.settings, **(settings or {})}
    arguments = ["api:app", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    arguments += ["--threads", "4", "--log-level", "warning"]
    process = start_gunicorn(ROOT, arguments, environment)
    server = LiveServer(f"http://127.0.0.1:{port}", port, database, process, settings or {})
    try:
        _wait_until_healthy(server)
    except BaseException:
        server.stop()
        raise
    return server


def _wait_until_healthy(server: LiveServer) -> None:
    for _ in range(600):
        if not server.process.is_alive():
            raise RuntimeError(f"the server ended with status {server.process.exitcode}")
        try:
            urllib.request.urlopen(f"{server.url}/health", timeout=30).read()
            return
        except OSError:
            server.process.join(0.1)
    raise RuntimeError("the server did not answer /health within 60 s")
