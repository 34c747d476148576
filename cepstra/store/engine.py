"""The connection to the database: transactions that read and transactions that write."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from threading import Lock
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError

from cepstra.store.keyring import Keyring, keyring_for
from cepstra.store.tenancy import TENANT, tenant_of

LOCK_TIMEOUT_S = 30
RETRY_S = 0.001
POOL_SIZE, POOL_TIMEOUT_S = 5, 10
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")
# What a machine that vanished held is free again after a minute; a server that vanished is noticed.
POSTGRESQL_SESSION = {
    "lock_timeout": f"{LOCK_TIMEOUT_S}s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}
POSTGRESQL_SOCKET = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",  # Heroku's name for it
    "postgresql+psycopg": "postgresql+psycopg",
}
EXPECTED_URL = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
Insert = sqlite.Insert | postgresql.Insert
_AFTER_COMMIT, _SYNCED = "after_commit", "synced"
ANNOUNCES = "announces_events"


class Store:
    """A database of enrolments.

    `reading()` sees one consistent snapshot. `writing()` is all or nothing, and what it reads
    cannot change before what it writes: in SQLite of anything, for there is one writer at a time;
    in PostgreSQL of what it has locked. Locks are taken in one order, so that nobody waits in a
    circle: speakers by number, each before what is kept of it or of its name (challenges, lockouts)
    and last the counters of voiceprints. Nobody waits for what expired: whoever holds it is at it.
    Without a keyring it takes the key file beside SQLite's file.

    Attributes:
        tenant: whose speakers and keys it reaches; "" without, see store.tenancy.
    """

    def __init__(
        self, url: str, keyring: Keyring | None = None, pool_size: int = POOL_SIZE
    ) -> None:
        parsed = parse_url(url)
        self.keyring = keyring or keyring_for(parsed, "")
        self._is_sqlite = parsed.get_backend_name() == "sqlite"
        if self._is_sqlite:
            engine = _sqlite_engine(parsed)
        else:
            engine = _postgresql_engine(parsed, pool_size)
        self.engine = engine.execution_options(keyring=self.keyring)
        self._reader = self.engine
        if not self._is_sqlite:
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._turns = Lock()
        self._joined: Connection | None = None

    @property
    def tenant(self) -> str:
        """Return what connections of it carry."""
        return tenant_of(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        if self._joined is not None:
            yield self._joined
            return
        with self._reader.begin() as connection:
            if self._is_sqlite:  # an event of the engine would slow every statement
                _begin(connection, "BEGIN DEFERRED", is_last_try=True)
            yield connection

    @contextmanager
    def writing(self, synced: bool = False) -> Iterator[Connection]:
        """Open a transaction that writes; everything in it happens, or nothing.

        Args:
            synced: wait for the disk, so that not even a power cut undoes it. PostgreSQL always
                does; SQLite otherwise lets the operating system write in its own time.
        """
        if self._joined is not None:
            yield self._joined
            return
        waiting: list[Callable[[], None]] = []
        with self._turn(), self.engine.begin() as connection:
            if self._is_sqlite:
                _wait_for_the_disk(connection, synced)
                _begin_to_write(connection)
            connection.info[_AFTER_COMMIT] = waiting
            yield connection
        for call in waiting:
            call()

    def joining(self, connection: Connection) -> Store:
        """Return the same store within a writing transaction, of which all its own become parts."""
        joined = copy(self)
        joined._joined = connection
        return joined

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """Open a connection whose statements stand each for itself, for housekeeping."""
        with self.engine.connect() as connection:
            if not self._is_sqlite:  # which has none that nobody began
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    def announce_events(self) -> None:
        """Keep events for the operator's backend from now on, in the transactions they tell of."""
        self.engine = self.engine.execution_options(**{ANNOUNCES: True})

    def of_tenant(self, tenant: str) -> Store:
        """Return the same database as a tenant sees it, and no more of it."""
        if tenant == self.tenant:
            return self
        seen = copy(self)
        seen.engine = self.engine.execution_options(**{TENANT: tenant})
        seen._reader = self._reader.execution_options(**{TENANT: tenant})
        return seen

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

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until no other thread of this process writes to SQLite, and wake as soon as it may.

        SQLite itself sleeps between tries, up to a tenth of a second, and in no order.
        """
        if not self._is_sqlite:
            yield
            return
        if not self._turns.acquire(timeout=LOCK_TIMEOUT_S):
            raise sa.exc.TimeoutError(f"no turn to write within {LOCK_TIMEOUT_S} s")
        try:
            yield
        finally:
            self._turns.release()


def after_commit(connection: Connection, call: Callable[[], None]) -> None:
    """Make a call once the writing transaction has been committed, and only then."""
    connection.info[_AFTER_COMMIT].append(call)


def _wait_for_the_disk(connection: Connection, synced: bool) -> None:
    if connection.info.get(_SYNCED, False) != synced:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if synced else 'NORMAL'}")
        connection.info[_SYNCED] = synced


def _begin_to_write(connection: Connection) -> None:
    """Begin as soon as no other process writes to SQLite, asking every millisecond.

    SQLite itself sleeps between tries, up to a tenth of a second, in which others overtake.
    """
    deadline_s = time.monotonic() + LOCK_TIMEOUT_S
    driver = _driver(connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while not _begin(connection, "BEGIN IMMEDIATE", time.monotonic() > deadline_s):
            time.sleep(RETRY_S)
    finally:
        driver.execute(f"PRAGMA busy_timeout={1000 * LOCK_TIMEOUT_S}")


def _begin(connection: Connection, statement: str, is_last_try: bool) -> bool:
    """Begin a transaction of SQLite; False where another process writes.

    The driver's own call takes a fifth of the time of SQLAlchemy's, which names what went wrong.

    Raises:
        sqlalchemy.exc.OperationalError: anything else is wrong, or this was the last try.
    """
    try:
        _driver(connection).execute(statement)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if code & 0xFF == sqlite3.SQLITE_BUSY and not is_last_try:
            return False
        connection.exec_driver_sql(statement)
    return True


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def _postgresql_engine(url: sa.URL, pool_size: int) -> sa.Engine:
    options = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SESSION.items())
    return sa.create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        connect_args={**POSTGRESQL_SOCKET, "options": options, "application_name": "cepstra"},
    )


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        _keep_private(Path(url.database))
    engine = sa.create_engine(url, connect_args={"timeout": LOCK_TIMEOUT_S}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _keep_private(path: Path) -> None:
    """Make the file readable for its owner alone; SQLite gives its journals the same mode.

    Raises:
        ValueError: there can be no folder for it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"DATABASE_URL: no {path.parent} can be made: {error.strerror}") from error
    with suppress(PermissionError):  # another user's file, or a read-only folder
        if not path.exists():
            path.touch(mode=0o600)
        if path.is_file():  # a folder by that name is not ours to change
            path.chmod(path.stat().st_mode & 0o700)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin transactions too late
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def parse_url(text: str) -> sa.URL:
    """Return the address of a database, as people and platforms write it, with its driver.

    Raises:
        ValueError: it is none, or of another kind of database; the text is not repeated, for it
            may hold a password.
    """
    try:
        url = sa.make_url(text)
    except ArgumentError:
        raise ValueError(f"DATABASE_URL: expected {EXPECTED_URL}, got something else") from None
    if url.drivername not in DRIVERS:
        raise ValueError(f"DATABASE_URL: expected {EXPECTED_URL}, got {url.drivername}")
    return url.set(drivername=DRIVERS[url.drivername])


def upsert(dialect: str, table: sa.Table) -> Insert:
    """Begin an insert that can say what to do on a conflict, in the database's own dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
