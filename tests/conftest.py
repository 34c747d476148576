"""Fixtures every test may use: the real server, the real corpora, the real browser."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import numpy as np
import pytest
from caller_driver import TLS
from database_driver import (
    KINDS,
    Database,
    empty_postgresql_database,
    postgresql_maker,
    sqlite_database,
    sqlite_maker,
)
from hypothesis import settings
from postgresql_driver import PostgresqlServer
from server_driver import LiveServer, free_port, start_server
from surroundings import IN_CI, ROOT

from cepstra.cli.make_secrets import FRESH
from cepstra.frontend.audio import read_audio
from cepstra.store import Store

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault
settings.load_profile("untimed")
gc.disable()  # until all is loaded: whatever that is stays, and is looked through in vain
CHOSEN_KIND = os.environ.get("CEPSTRA_TEST_DATABASE")  # sqlite or postgresql, for every test


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked every_database with each kind, or with the one that a variable names.

    In such a file, what no SQL decides is marked sqlite_is_enough.
    """
    marked, enough = map(
        metafunc.definition.get_closest_marker, ("every_database", "sqlite_is_enough")
    )
    if marked and CHOSEN_KIND is None and "database_kind" in metafunc.fixturenames:
        kinds = KINDS[:1] if enough else KINDS
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="module")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mix files that wait at a microphone with files that compute, so that neither core idles.

    The tutorial comes first: it listens for 45 s, for which all would wait at the end.
    A test of the browser that fails is tried once more: a machine may lose a moment of the fake
    microphone. What failed the first time is told at the end, and wants a look as a failure does.
    """
    files = list(dict.fromkeys(item.path for item in items))
    waiting = [path for path in files if path.parent.name == "browser"]
    for item in items:
        if item.path in waiting:
            item.add_marker(pytest.mark.flaky(reruns=1))
    computing = [path for path in files if path not in waiting]
    share = {p: place / len(kind) for kind in (waiting, computing) for place, p in enumerate(kind)}
    items.sort(key=lambda item: (item.path.name != "test_tutorial.py", share[item.path]))


def pytest_collection_finish() -> None:
    """Look for garbage among what the tests make, not among what was loaded for them."""
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how each test failed that passed, or failed again, when it was tried once more."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.section(f"FAILED THE FIRST TIME: {report.nodeid}", yellow=True)
        terminalreporter.line(report.longreprtext)


@contextmanager
def running_postgresql() -> Iterator[PostgresqlServer]:
    """Run a PostgreSQL server of our own; skip loudly without one, fail there under CI."""
    with tempfile.TemporaryDirectory(prefix="cepstra-postgresql-") as folder:
        try:
            server = PostgresqlServer(Path(folder), free_port())
        except (OSError, RuntimeError) as error:
            text = f"NO POSTGRESQL: {error}; set CEPSTRA_TEST_POSTGRESQL to the URL of a server"
            pytest.fail(text) if IN_CI else pytest.skip(text)
        yield server
        with suppress(RuntimeError):  # a test may have stopped it already
            server.stop("immediate")  # nobody reads its files again


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """Return the PostgreSQL server that tests share."""
    with running_postgresql() as server:
        yield server


@pytest.fixture
def crashing() -> Iterator[PostgresqlServer]:
    """Return a PostgreSQL server that no other test uses."""
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_url(request: pytest.FixtureRequest) -> str:
    """Return the administrator's URL of a PostgreSQL server, ours unless a variable names one."""
    given = os.environ.get("CEPSTRA_TEST_POSTGRESQL")
    return given or str(request.getfixturevalue("postgresql_server").url)


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_url: str) -> Callable[[], Database]:
    """Return a function that makes fresh databases of PostgreSQL."""
    return postgresql_maker(postgresql_url)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Database]:
    """Return a function that makes fresh databases of SQLite."""
    return sqlite_maker(lambda: tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="module")
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return the kind of database."""
    return str(getattr(request, "param", CHOSEN_KIND or KINDS[0]))


@pytest.fixture(scope="module")
def new_database(request: pytest.FixtureRequest, database_kind: str) -> Callable[[], Database]:
    """Return a function that makes fresh databases of that kind."""
    make: Callable[[], Database] = request.getfixturevalue(f"{database_kind}_databases")
    return make


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Database:
    """Return a database of that kind without a table."""
    if database_kind == "sqlite":
        return sqlite_database(tmp_path / "deep" / "down")
    return empty_postgresql_database(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """Return a fresh database of a test's own."""
    return new_database()


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """Return the fresh database's store."""
    opened = database.open()
    yield opened
    opened.close()


@contextmanager
def running_servers(new_database: Callable[[], Database]) -> Iterator[Callable[..., LiveServer]]:
    """Return a function that starts servers (database, port, workers, and settings by name)."""
    with ExitStack() as started:

        def start(
            database: Database | None = None, port: int | None = None, workers: int = 1, **more: str
        ) -> LiveServer:
            server = start_server(database or new_database(), port or free_port(), workers, more)
            started.callback(server.stop)
            return server

        yield start


@pytest.fixture
def server_factory(database: Database) -> Iterator[Callable[..., LiveServer]]:
    """Return a function as `serve`, whose servers share a database and end with the test."""
    with running_servers(lambda: database) as start:
        yield start


@pytest.fixture
def live_server(server_factory: Callable[..., LiveServer]) -> LiveServer:
    """Return a running server with an empty store."""
    return server_factory()


@pytest.fixture(scope="module")
def serve(new_database: Callable[[], Database]) -> Iterator[Callable[..., LiveServer]]:
    """Return a function (**settings) that starts servers, each on a database of its own.

    Tests of one file share them; each starts from what others left. A database may be given.
    """
    with running_servers(new_database) as start:
        yield start


@pytest.fixture(scope="module")
def module_server(serve: Callable[..., LiveServer]) -> LiveServer:
    """Return a server that the tests of one file share."""
    return serve()


@pytest.fixture(scope="module")
def guarded_server(serve: Callable[..., LiveServer], auth_on: dict[str, str]) -> LiveServer:
    """Return a server with auth on that the tests of one file share."""
    return serve(**auth_on)


@pytest.fixture(scope="module")
def auth_on() -> dict[str, str]:
    """Return the settings of a server with auth on, fresh secrets, and no rate in the way."""
    limits = ("ADDRESS", "TOKEN", "SPEAKER", "SIGN_IN", "SEARCH")
    rates = {f"RATE_LIMIT_{name}": "100000 per minute" for name in limits}
    rates["RATE_LIMIT_WORK"] = "10000000 per minute"
    own = {"AUTH": "on", "REGISTRATION": "open", "CHALLENGES_PER_HOUR": "100000"}
    own["PASSWORD_FRESH_S"] = "900"  # enrolling from recordings is slow on a busy machine
    return {**own, **rates, **{name: make() for name, make in FRESH.items()}}


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder with corpora and protocol; skip where it is absent."""
    path = Path(os.environ.get("CEPSTRA_SHARED", ROOT.parent / "shared"))
    if not (path / "corpora").is_dir():
        pytest.skip(f"NO CORPORA: {path} is not there, so no real recordings were tested")
    return path


@pytest.fixture(scope="session")
def speech(shared_dir: Path) -> np.ndarray:
    """Return three seconds of a real speaker, 16 kHz."""
    pause = np.zeros(4000)
    paths = sorted((shared_dir / "corpora" / "fsdd" / "fstheo").iterdir())[:30:6]
    spoken = np.concatenate([pause, *(part for p in paths for part in (read_audio(p), pause))])
    return 0.5 * spoken / np.abs(spoken).max()


@pytest.fixture(scope="session")
def run_node() -> Callable[..., bytes]:
    """Return a function (script of tests/js, input, *arguments) -> what the script prints.

    The script reads its standard input: samples as 32-bit floats, or a text.
    """
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "meyda").is_dir():
        pytest.skip("NO NODE: needs Node and `npm ci`, so the page's modules were not compared")

    def run(script: str, given: np.ndarray | str, *arguments: object) -> bytes:
        command = [node, str(ROOT / "tests" / "js" / script), *map(str, arguments)]
        sent = given.encode() if isinstance(given, str) else given.astype("<f4").tobytes()
        done = subprocess.run(command, input=sent, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run


@pytest.fixture(scope="session")
def whole_chromium_path() -> str:
    """Return the path of Chromium; skip loudly where it is missing, fail there under CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if IN_CI:
        pytest.fail("NO BROWSER: CI needs Chromium (Debian package chromium)")
    pytest.skip("NO BROWSER: Chromium is missing, so the page was not tested")


@pytest.fixture(scope="session")
def chromium_path(request: pytest.FixtureRequest) -> str:
    """Return the path of Chromium's headless shell, or without one of the whole of Chromium.

    The shell is the same engine without a browser around it: a page takes half the processor time.
    """
    shell = shutil.which("chromium-headless-shell")
    return shell or str(request.getfixturevalue("whole_chromium_path"))


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


@pytest.fixture
def http(module_server: LiveServer) -> Iterator[httpx.Client]:
    """Return a client of the module's server, where nobody is enrolled."""
    with httpx.Client(base_url=module_server.url, timeout=60, verify=TLS) as client:
        while listed := client.get("/speakers").json()["speakers"]:
            for speaker in listed:
                client.delete(f"/speakers/{speaker['alias']}").raise_for_status()
        yield client


@pytest.fixture(scope="session")
def torch():
    return pytest.importorskip(
        "torch", reason="NO PYTORCH: training was not tested (make setup-training)"
    )
