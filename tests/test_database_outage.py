"""PostgreSQL goes away and comes back: 503 meanwhile, nothing half-written, no restart needed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from database_driver import Database
from example_messages import TEST
from server_driver import free_port, start_server
from sqlalchemy.exc import OperationalError, ProgrammingError
from test_store_durability import assert_consistent, confirmed, train

from cepstra.store import Store, speakers
from cepstra.store.availability import is_passing

FRONT_END = TEST["frontend"]
REFERENCE = {**TEST, "confirm_voice": True}  # beside two takes that hold no whole word


@pytest.fixture
def server(postgresql_server, postgresql_url, postgresql_databases):
    """Return a service on our own PostgreSQL server, which is up again after the test."""
    if postgresql_url != postgresql_server.url:
        pytest.skip("NO POSTGRESQL OF OUR OWN: one that a variable names is not stopped")
    service = start_server(
        postgresql_databases(), free_port(), settings={"DATABASE_POOL_SIZE": "2"}
    )
    for index in range(2):
        assert train(service, index, FRONT_END)
    httpx.put(f"{service.url}/test", json=REFERENCE, timeout=30).raise_for_status()
    yield service
    service.stop()


def calls(url: str) -> list[httpx.Response]:
    with httpx.Client(base_url=url, timeout=60) as http:
        return [
            http.get("/health"),
            http.put("/train", json=confirmed(9, FRONT_END)),
            http.put("/score", json=TEST),
            http.put("/identify", json=TEST),
        ]


def assert_told_to_wait(replies: list[httpx.Response]) -> None:
    for reply in replies:
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "2"), reply.text
        assert reply.json()["description"] == "The store cannot be reached now; try again shortly."


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_stops_is_used_again_when_it_is_back(server, postgresql_server, mode):
    postgresql_server.stop(mode)
    try:
        assert_told_to_wait(calls(server.url))
    finally:
        postgresql_server.start()
    assert [reply.status_code for reply in calls(server.url)] == 4 * [200]
    assert_consistent(server, 3, 3, FRONT_END)


def cut_connections(database: Database) -> None:
    found = database.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    assert found and all(is_cut for (is_cut,) in found)


def test_connections_that_were_cut_are_replaced_unnoticed(server):
    cut_connections(server.database)
    assert [reply.status_code for reply in calls(server.url)] == 4 * [200]


def test_a_database_that_only_reads_is_waited_for(server):
    """So is the standby that takes over, until it does."""
    name = server.database.url.rpartition("/")[2]
    server.database.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    cut_connections(server.database)
    health, train_reply, score, identify = calls(server.url)
    assert_told_to_wait([train_reply, score])
    assert (health.status_code, identify.status_code) == (200, 200)


def test_locks_that_are_held_too_long_and_circles_pass(postgresql_databases):
    store = postgresql_databases().open()
    with store.writing() as connection:
        ann, bob = (speakers.create(connection, alias).id for alias in ("ann", "bob"))
    with store.writing() as one, pytest.raises(OperationalError) as late:
        speakers.lock(one, ann)
        with store.writing() as other:
            other.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            speakers.lock(other, ann)
    assert is_passing(late.value)
    with ThreadPoolExecutor(2) as pool, pytest.raises(OperationalError) as circle:
        meeting = threading.Barrier(2)
        for done in [
            pool.submit(lock_both, store, meeting, *pair) for pair in ((ann, bob), (bob, ann))
        ]:
            done.result()
    assert is_passing(circle.value)


def lock_both(store: Store, meeting: threading.Barrier, first: int, second: int) -> None:
    with store.writing() as connection:
        speakers.lock(connection, first)
        meeting.wait(30)
        speakers.lock(connection, second)


def test_a_mistake_is_not_taken_for_an_outage(postgresql_databases):
    store = postgresql_databases().open()
    with pytest.raises(ProgrammingError) as mistake, store.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM nothing")
    assert not is_passing(mistake.value)


def test_a_service_that_cannot_reach_it_says_so_and_ends(postgresql_server, capfd):
    database = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/x", "ab" * 32)
    with pytest.raises(RuntimeError, match="the server ended with status 5"):
        start_server(database, free_port())
    told = capfd.readouterr().err
    assert "Cepstra does not start. DATABASE_URL: it cannot be opened" in told
    assert "Traceback" not in told
