"""Bring a database to the layout that this code expects."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from cepstra.store.engine import Store

MIGRATIONS = Path(__file__).parent / "migrations"
POSTGRESQL_LOCK_KEY = 0x43455053


def upgrade(store: Store, revision: str = "head") -> None:
    """Apply the missing migrations; processes that start together take turns."""
    with store.writing() as connection:
        _take_turn(connection)
        config = _configuration(connection)
        if _layout(connection) != ScriptDirectory.from_config(config).get_current_head():
            command.upgrade(config, revision)


def downgrade(store: Store, revision: str) -> None:
    """Undo migrations down to `revision` ("base" for all)."""
    with store.writing() as connection:
        _take_turn(connection)
        command.downgrade(_configuration(connection), revision)


def _layout(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _configuration(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _take_turn(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock(POSTGRESQL_LOCK_KEY)
        connection.execute(sa.select(lock))
