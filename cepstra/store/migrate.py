"""Bring a database to the layout that this code expects.

Alembic is imported where there is something to migrate: it is a quarter of what a command loads.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from cepstra.store.engine import Store

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
LAYOUT = max(path.name for path in (MIGRATIONS / "versions").glob("*.py"))[:4]
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
        layout = layout_of(connection)
        if layout == LAYOUT:
            return
        from alembic import command
        from alembic.script import ScriptDirectory

        config = _configuration(connection)
        scripts = ScriptDirectory.from_config(config)
        if layout not in {None, *(script.revision for script in scripts.walk_revisions())}:
            text = f"DATABASE_URL: expected layout {LAYOUT} or an older one"
            mend = "start that version, or put back the copy from before it"
            raise UnknownLayoutError(f"{text}, got {layout}, of a newer version; {mend}")
        command.upgrade(config, revision)


def downgrade(store: Store, revision: str) -> None:
    """Undo migrations down to `revision` ("base" for all)."""
    from alembic import command

    with store.writing() as connection:
        _take_turn(connection)
        command.downgrade(_configuration(connection), revision)


def layout_of(connection: sa.Connection) -> str | None:
    """Return the number of the migration that was applied last; None of an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return version


def _configuration(connection: sa.Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _take_turn(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock(POSTGRESQL_LOCK_KEY)
        connection.execute(sa.select(lock))
