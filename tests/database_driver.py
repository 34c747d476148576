"""Empty databases for tests: SQLite files, or databases of a PostgreSQL server."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from postgresql_driver import create_database
from sqlalchemy.pool import NullPool

from cepstra.config import Config
from cepstra.store import Store, open_store
from cepstra.store.engine import parse_url
from cepstra.store.keyring import keyring_for, make_key

KINDS = ("sqlite", "postgresql")
TEMPLATE = "cepstra_template"


@dataclass(frozen=True)
class Database:
    """A database that a test may do anything with.

    Attributes:
        url: as DATABASE_URL has it.
        data_keys: as DATA_KEYS has it; empty where a key file beside SQLite's file will do.
    """

    url: str
    data_keys: str = ""

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings that name it."""
        keys = {"DATA_KEYS": self.data_keys} if self.data_keys else {}
        return {"DATABASE_URL": self.url, **keys}

    @property
    def is_sqlite(self) -> bool:
        """Tell SQLite from PostgreSQL."""
        return self.url.startswith("sqlite")

    @property
    def path(self) -> Path:
        """SQLite's file."""
        return Path(self.url.removeprefix("sqlite:///"))

    def open(self) -> Store:
        """Open it as the service does."""
        return open_store(self.url, self.data_keys)

    def open_as_it_is(self) -> Store:
        """Open it without bringing its layout up to date."""
        return Store(self.url, keyring_for(parse_url(self.url), self.data_keys))

    def config(self, **settings: Any) -> Config:
        """Return the settings of an application on it, with some of its own."""
        own = {"database_url": self.url, "data_keys": self.data_keys, "audit_log": "none"}
        return Config(**{**own, **settings})

    def execute(self, statement: str, **values: Any) -> list[sa.Row[Any]]:
        """Execute one statement past the service, commit, and return the rows."""
        with _engine(self.url).begin() as connection:
            result = connection.execute(sa.text(statement), values)
            return list(result) if result.returns_rows else []

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return whatever lies in it, by table."""
        with _engine(self.url).connect() as connection:
            selected = {
                name: connection.execute(sa.text(f"SELECT * FROM {name}"))
                for name in sa.inspect(connection).get_table_names()
            }
            return {name: [dict(row._mapping) for row in rows] for name, rows in selected.items()}

    def dump(self) -> bytes:
        """Return all values, one after the other; of SQLite its file too."""
        values = (value for rows in self.rows().values() for row in rows for value in row.values())
        dumped = b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)
        return dumped + (self.path.read_bytes() if self.is_sqlite else b"")


@cache
def _engine(url: str) -> sa.Engine:
    """An engine that keeps no connection, but what it asks a server at its first one."""
    return sa.create_engine(parse_url(url), poolclass=NullPool)


def sqlite_database(folder: Path) -> Database:
    """Return a database in a file that does not exist yet."""
    return Database(f"sqlite:///{folder}/cepstra.db")


def sqlite_maker(new_folder: Callable[[], Path]) -> Callable[[], Database]:
    """Return a function that makes up-to-date databases, copies of one that was migrated once."""
    template = sqlite_database(new_folder())
    template.open().close()
    template.execute("DELETE FROM data_keys")

    def make() -> Database:
        database = sqlite_database(new_folder())
        shutil.copyfile(template.path, database.path)
        return database

    return make


def empty_postgresql_database(server_url: str) -> Database:
    """Make a database without a table."""
    name = f"cepstra_test_{secrets.token_hex(6)}"
    return Database(create_database(server_url, name), make_key())


def postgresql_maker(server_url: str) -> Callable[[], Database]:
    """Return a function that makes up-to-date databases, copies of one that was migrated once."""
    suffix = secrets.token_hex(4)  # where a server outlives the tests
    template = f"{TEMPLATE}_{suffix}"
    open_store(create_database(server_url, template), make_key()).close()
    forget_keys = Database(server_url.rpartition("/")[0] + f"/{template}")
    forget_keys.execute("DELETE FROM data_keys")

    def make() -> Database:
        name = f"cepstra_test_{secrets.token_hex(6)}"
        return Database(create_database(server_url, name, template), make_key())

    return make
