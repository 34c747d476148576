"""PostgreSQL: callers who change one speaker at once wait for each other, never in a circle.

A transaction of the test's own holds what both need until both wait, so that they meet each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from caller_driver import HTTP, bearer, make_key
from example_messages import TEST, TRAIN, part
from server_driver import LiveServer
from sqlalchemy import Connection

from cepstra.store import lockouts, retired_names, speakers

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


@pytest.fixture(scope="module")
def server(postgresql_databases, serve, auth_on) -> LiveServer:
    return serve(postgresql_databases(), **auth_on)


@pytest.fixture
def ask(server) -> Iterator[Callable[..., Future[httpx.Response]]]:
    """Return a function that makes a call in a thread and comes back as soon as it waits."""
    with ThreadPoolExecutor() as threads:
        headers, asked = bearer(make_key(server)), []

        def begin(method: str, path: str, **body: object) -> Future[httpx.Response]:
            url = f"{server.url}{path}"
            call = threads.submit(HTTP.request, method, url, headers=headers, **body)
            asked.append(call)
            while server.database.execute(WAITING)[0][0] < len(asked):
                assert not call.done(), call.result().text
            return call

        for name in ("ann", "bob"):
            HTTP.delete(f"{server.url}/speakers/{name}", headers=headers)
        HTTP.post(f"{server.url}/challenges?speaker=ann", headers=headers).raise_for_status()
        for role, message in (("train", TRAIN), ("test", part(TEST, 0, 200))):
            url = f"{server.url}/speakers/ann/{role}"
            HTTP.put(url, json=message, headers=headers).raise_for_status()
        yield begin


@contextmanager
def holding(server: LiveServer) -> Iterator[Connection]:
    store = server.database.open_as_it_is()
    try:
        with store.writing() as connection:
            yield connection
    finally:
        store.close()


def test_a_speaker_is_renamed_and_deleted_at_once(server, ask):
    with holding(server) as connection:
        retired_names.retire(connection, "ann", "service")
        renamed = ask("PUT", "/speakers/ann", json={"alias": "bob"})
        deleted = ask("DELETE", "/speakers/ann")
    assert renamed.result().status_code == 200, renamed.result().text
    assert deleted.result().status_code == 404, deleted.result().text


def test_an_attempt_counts_though_the_count_is_cleared_meanwhile(server, ask):
    now = datetime.now(UTC)
    with holding(server) as connection:
        lockouts.lock(connection, "voice", "ann", now)
    with holding(server) as connection:
        lockouts.lock(connection, "voice", "ann", now)
        scored = ask("PUT", "/speakers/ann/score", json=TEST)
        lockouts.clear_all_of(connection, "ann")
    assert scored.result().status_code == 200, scored.result().text


def test_an_attempt_that_waits_for_its_count_holds_no_count_of_others(server, ask):
    now = datetime.now(UTC)
    with holding(server) as connection:
        for name in ("ann", "bob"):
            lockouts.lock(connection, "voice", name, now - timedelta(days=14))
    with holding(server) as connection:
        lockouts.lock(connection, "voice", "ann", now)
        scored = ask("PUT", "/speakers/ann/score", json=TEST)
        lockouts.lock(connection, "voice", "bob", now)
    assert scored.result().status_code == 200, scored.result().text


def test_an_attempt_of_somebody_deleted_meanwhile_is_a_conflict(server, ask):
    with holding(server) as connection:
        speakers.find_and_lock(connection, "ann")
        scored = ask("PUT", "/speakers/ann/score", json=TEST)
        speakers.delete(connection, "ann")
    assert scored.result().status_code == 409, scored.result().text
