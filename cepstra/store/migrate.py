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


class UnknownLayoutError(ValueError):
    """A newer version made the database; says what to do."""


def upgrade(store: Store, revision: str = "head") -> None:
    """Apply the missing migrations; processes that start together take turns.

    Raises:
        UnknownLayoutError: the layout is none of this version's.
    """
    with store.writing() as connection:
        _take_turn(connection)
        config, layout = _configuration(connection), _layout(connection)
        scripts = ScriptDirectory.from_config(config)
        if layout not in {None, *(script.revision for script in scripts.walk_revisions())}:
            text = f"DATABASE_URL: expected layout {scripts.get_current_head()} or an older one"
            mend = "start that version, or put back the copy from before it"
            raise UnknownLayoutError(f"{text}, got {layout}, of a newer version; {mend}")
        if layout != scripts.get_current_head():
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
