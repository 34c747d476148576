"""Make deleted data unreadable in the database's files, not only for queries."""

from __future__ import annotations

import logging

from store.engine import LOCK_TIMEOUT_S, Store

log = logging.getLogger(__name__)

READERS_MAY_TAKE_S = 2
REWRITE_OF_DIALECT = {"sqlite": "VACUUM", "postgresql": "VACUUM FULL"}


def flush_journal(store: Store) -> bool:
    """Empty SQLite's write-ahead log, where pages of before a deletion may still stand.

    The database file itself holds zeros in their place: secure_delete is on.

    Returns:
        False if another transaction stood in the way; the next call makes up for it.
    """
    if store.engine.dialect.name != "sqlite":
        return True
    connection = store.engine.raw_connection()  # a transaction of SQLAlchemy's cannot do this
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={1000 * READERS_MAY_TAKE_S}")
        (is_busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={1000 * LOCK_TIMEOUT_S}")
    finally:
        connection.close()
    if is_busy:
        log.warning("deleted data stay in the write-ahead log until the next deletion or vacuum")
    return not is_busy


def vacuum(store: Store) -> bool:
    """Write the whole database anew, without anything that was deleted.

    Returns:
        False if SQLite's write-ahead log could not be emptied, see `flush_journal`.
    """
    connection = store.engine.raw_connection()
    try:
        if store.engine.dialect.name != "sqlite":
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]
        connection.cursor().execute(REWRITE_OF_DIALECT[store.engine.dialect.name])
    finally:
        connection.close()
    return flush_journal(store)
