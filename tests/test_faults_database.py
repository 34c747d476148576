"""PostgreSQL crashes in the middle of requests: callers are told to wait, and nothing is lost."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
from caller_driver import HTTP
from database_driver import Database, empty_postgresql_database
from fault_driver import Ledger


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
    assert HTTP.get(f"{server.url}/health/ready").status_code == 503
    assert HTTP.get(f"{server.url}/health/live").status_code == 200
    assert "cepstra_requests_total" in HTTP.get(f"{server.url}/metrics").text

    replace_workers(server)
    assert HTTP.get(f"{server.url}/health/live").status_code == 200
    crashing.start()
    refused = ledger.sent - ledger.acknowledged
    ledger.replies.clear()
    ledger.send_all(range(40, 60))
    assert ledger.replies == {200: 20}
    assert refused.isdisjoint(ledger.acknowledged)
    assert HTTP.get(f"{server.url}/health/ready").status_code == 200
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
            HTTP.get(f"{server.url}/health/live", timeout=30)
            now = {child.pid for child in psutil.Process(server.process.pid).children()}
            if len(now - before) == 2 and not now & before:
                return
        except httpx.TransportError:
            pass
        assert server.process.is_alive(), "the service ended with its workers"
    raise AssertionError("the workers were not replaced")
