"""Fixtures every test may use: the real server, the real corpora, the real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.make_secrets import FRESH

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"


@dataclass
class LiveServer:
    """A server process of its own on an empty SQLite file."""

    url: str
    port: int
    database: Path
    process: subprocess.Popen[bytes]
    settings: Mapping[str, str]

    def stop(self) -> None:
        """End the server and wait until its port is free."""
        self.process.terminate()
        self.process.wait(timeout=60)


def free_port() -> int:
    """Return a TCP port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(
    database: Path, port: int, workers: int = 1, settings: Mapping[str, str] | None = None
) -> LiveServer:
    """Start gunicorn on `api:app` as a deployment does and wait until it answers."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", **(settings or {})}
    command = [sys.executable, "-m", "gunicorn", "api:app", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", "4", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    server = LiveServer(f"http://127.0.0.1:{port}", port, database, process, settings or {})
    try:
        _wait_until_healthy(server)
    except BaseException:
        server.stop()
        raise
    return server


def _wait_until_healthy(server: LiveServer) -> None:
    for _ in range(300):
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.process.returncode}")
        try:
            urllib.request.urlopen(f"{server.url}/health", timeout=30).read()
            return
        except OSError:
            try:
                server.process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
    raise RuntimeError("the server did not answer /health within 30 s")


@pytest.fixture
def server_factory(tmp_path: Path) -> Iterator[Callable[..., LiveServer]]:
    """Return a function that starts servers (keywords port, workers, and settings by name).

    All of them are stopped after the test.
    """
    started: list[LiveServer] = []

    def start(port: int | None = None, workers: int = 1, **settings: str) -> LiveServer:
        server = start_server(tmp_path / "cepstra.db", port or free_port(), workers, settings)
        started.append(server)
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture
def live_server(server_factory: Callable[..., LiveServer]) -> LiveServer:
    """Return a running server with an empty store."""
    return server_factory()


@pytest.fixture(scope="module")
def module_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Return a server that the tests of one file share; each starts from what others left."""
    server = start_server(tmp_path_factory.mktemp("server") / "cepstra.db", free_port())
    yield server
    server.stop()


@pytest.fixture(scope="module")
def guarded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Return a server with auth on that the tests of one file share."""
    database = tmp_path_factory.mktemp("guarded") / "cepstra.db"
    server = start_server(database, free_port(), settings=guarded_settings())
    yield server
    server.stop()


@pytest.fixture
def auth_on() -> dict[str, str]:
    """Return the settings that turn auth on in a server of a test's own."""
    return guarded_settings()


def guarded_settings() -> dict[str, str]:
    """Return the settings of a server with auth on, fresh secrets, and no rate in the way."""
    limits = ("ADDRESS", "TOKEN", "SPEAKER", "SIGN_IN")
    rates = {f"RATE_LIMIT_{name}": "100000 per minute" for name in limits}
    return {"AUTH": "on", **rates, **{name: make() for name, make in FRESH.items()}}


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder with corpora and protocol; skip where it is absent."""
    path = Path(os.environ.get("CEPSTRA_SHARED", ROOT.parent / "shared"))
    if not (path / "corpora").is_dir():
        pytest.skip(f"NO CORPORA: {path} is not there, so no real recordings were tested")
    return path


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the path of Chromium; skip loudly where it is missing, fail there under CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if IN_CI:
        pytest.fail("NO BROWSER: CI needs Chromium (Debian package chromium)")
    pytest.skip("NO BROWSER: Chromium is missing, so the page was not tested")


@pytest.fixture(scope="session")
def espeak_wav(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function (text, voice, pitch) -> path of a WAV file spoken by espeak-ng."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("NO ESPEAK: espeak-ng is missing, so no synthetic speech was tested")
    folder = tmp_path_factory.mktemp("espeak")

    def speak(text: str, voice: str = "en", pitch: int = 50) -> Path:
        name = "-".join(text.split())[:60]
        path = folder / f"{voice.replace('/', '_').replace('+', '_')}-{pitch}-{name}.wav"
        if not path.exists():
            arguments = [program, "-v", voice, "-p", str(pitch), "-w", str(path), text]
            subprocess.run(arguments, check=True)
        return path

    return speak
