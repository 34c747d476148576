"""Make deleted data unreadable in the database's files, not only for queries."""

from __future__ import annotations

import logging

from sqlalchemy.exc import OperationalError

from cepstra.store.engine import LOCK_TIMEOUT_S, Store

log = logging.getLogger(__name__)

READERS_MAY_TAKE_S = 2
# PostgreSQL keeps examples of values, aliases among them, for its planner: they come first.
REWRITE = {"sqlite": ("VACUUM",), "postgresql": ("ANALYZE", "VACUUM FULL")}


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
        False if others stood in the way of that or of emptying the log, see `flush_journal`.
    """
    try:
        with store.outside_transactions() as connection:
            for statement in REWRITE[store.engine.dialect.name]:
                connection.exec_driver_sql(statement)
    except OperationalError as error:
        log.warning("the database was not written anew: %s", error.orig)
        return False
    return flush_journal(store)
