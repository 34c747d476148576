"""PostgreSQL crashes in the middle of requests: callers are told to wait, and nothing is lost."""

import os
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from continuous_integration import IN_CI
from database_driver import Database, empty_postgresql_database
from fault_driver import Ledger
from postgresql_driver import PostgresqlServer
from server_driver import free_port


@pytest.fixture
def crashing() -> Iterator[PostgresqlServer]:
    """Return a server of PostgreSQL that no other test uses."""
    with tempfile.TemporaryDirectory(prefix="cepstra-crash-") as folder:
        try:
            server = PostgresqlServer(Path(folder), free_port())
        except (OSError, RuntimeError) as error:
            text = f"NO POSTGRESQL: {error}, so its crash was not tested"
            pytest.fail(text) if IN_CI else pytest.skip(text)
        yield server
        with suppress(RuntimeError):  # stopped already, where the test failed meanwhile
            server.stop("immediate")


@pytest.fixture
def database(crashing) -> Database:
    return empty_postgresql_database(crashing.url)


def test_a_crash_of_the_database_is_a_503_until_it_is_back(server_factory, crashing):
    server = server_factory(workers=2)
    ledger = Ledger(server.url)
    ledger.send_all(range(10))

    def crash_in_the_middle(number: int) -> None:
        if number == 20:
            crashing.stop("immediate")
        ledger.send(number)

    run(crash_in_the_middle, range(10, 40))
    assert set(ledger.replies) == {200, 503}
    for reply in ledger.errors:
        assert reply.headers["Retry-After"] == "2"
        assert reply.json()["message"] == "Service Unavailable"
    assert httpx.get(f"{server.url}/health/ready").status_code == 503
    assert httpx.get(f"{server.url}/health/live").status_code == 200
    assert "cepstra_requests_total" in httpx.get(f"{server.url}/metrics").text

    replace_workers(server)
    assert httpx.get(f"{server.url}/health/live").status_code == 200
    crashing.start()
    refused = ledger.sent - ledger.acknowledged
    ledger.replies.clear()
    ledger.send_all(range(40, 60))
    assert ledger.replies == {200: 20}
    assert refused.isdisjoint(ledger.acknowledged)
    assert httpx.get(f"{server.url}/health/ready").status_code == 200
    ledger.assert_nothing_lost()


def run(step, numbers: range) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(step, numbers))


def replace_workers(server) -> None:
    """Kill the workers while the database is away, and wait until others answer."""
    before = {child.pid for child in psutil.Process(server.process.pid).children()}
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    for _ in range(200):
        try:
            httpx.get(f"{server.url}/health/live", timeout=30)
            now = {child.pid for child in psutil.Process(server.process.pid).children()}
            if len(now - before) == 2 and not now & before:
                return
        except httpx.TransportError:
            pass
        assert server.process.is_alive(), "the service ended with its workers"
    raise AssertionError("the workers were not replaced")
