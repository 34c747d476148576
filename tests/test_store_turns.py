"""Writers of one process take turns, so that SQLite's sleeps between tries delay none of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from cepstra.store import engine, speakers
from cepstra.store.engine import Store
from cepstra.store.opening import prepare

N_THREADS, N_WRITES = 8, 200


@pytest.fixture
def store(tmp_path):
    made = Store(f"sqlite:///{tmp_path}/turns.db")
    prepare(made)
    yield made
    made.close()


def test_threads_that_write_at_once_never_wait_for_sqlite(store):
    def refuse_to_wait(connection, _record):
        connection.execute("PRAGMA busy_timeout=0")

    sa.event.listen(store.engine, "connect", refuse_to_wait)
    store.engine.dispose()

    def write(index: int) -> None:
        with store.writing() as connection:
            speakers.create(connection, f"s{index}")

    with ThreadPoolExecutor(N_THREADS) as pool:
        list(pool.map(write, range(N_WRITES)))
    with store.reading() as connection:
        assert all(speakers.find(connection, f"s{index}") for index in range(N_WRITES))


def test_a_turn_that_does_not_come_is_a_timeout_and_not_a_hang(store, monkeypatch):
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_S", 0.05)
    writing, done = Event(), Event()

    def hold() -> None:
        with store.writing():
            writing.set()
            done.wait(10)

    holder = Thread(target=hold)
    holder.start()
    writing.wait(10)
    with pytest.raises(sa.exc.TimeoutError), store.writing():
        pytest.fail("two writers at once")
    done.set()
    holder.join()
    with store.writing() as connection:
        speakers.create(connection, "ann")


def test_a_writer_that_fails_gives_its_turn_back(store):
    with pytest.raises(RuntimeError), store.writing():
        raise RuntimeError("midway")
    with store.writing() as connection:
        assert speakers.create(connection, "ann")
