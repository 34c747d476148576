"""The connection to the database: transactions that read and transactions that write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, event

from store.keyring import Keyring, keyring_for

LOCK_TIMEOUT_S = 30
_AFTER_COMMIT = "after_commit"
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")


class Store:
    """A database of enrolments.

    `reading()` sees one consistent snapshot; `writing()` holds the right to write from its first
    statement on, so that what it reads cannot change before what it writes.
    Without a keyring it takes the key file beside SQLite's file.
    """

    def __init__(self, url: str, keyring: Keyring | None = None) -> None:
        parsed = sa.make_url(url)
        self.keyring = keyring or keyring_for(parsed, "")
        self.engine = _engine(parsed).execution_options(keyring=self.keyring)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes; everything in it happens, or nothing."""
        with self.engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
            waiting: list[Callable[[], None]] = []
            connection.info[_AFTER_COMMIT] = waiting
            with connection.begin():
                yield connection
            for call in waiting:
                call()

    def ping(self) -> None:
        """Ask the database for an answer.

        Raises:
            sqlalchemy.exc.OperationalError: there is none.
        """
        with self.reading() as connection:
            connection.execute(sa.select(1))

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def after_commit(connection: Connection, call: Callable[[], None]) -> None:
    """Make a call once the writing transaction has been committed, and only then."""
    connection.info[_AFTER_COMMIT].append(call)


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": LOCK_TIMEOUT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin transactions too late
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
