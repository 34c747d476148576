"""Voiceprints as plain vectors in PostgreSQL, for a search by pgvector.

A follower of the table `voiceprints`: before a search it takes over what was written since the
last, by whatever process. A deletion reaches it by foreign key, in the same transaction. There is
none unless the settings ask for it, for an index cannot work on what is encrypted.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cepstra.store import voiceprints
from cepstra.store.engine import Store
from cepstra.store.voiceprints import Vector

BATCH = 5_000
EF_SEARCH = 200  # candidates that a search keeps in hand: recall against time
BUILD_MEMORY = "512MB"
_LOCK_KEY = 0x43455056

# One row: whose voiceprints are in the index, and up to which change. Not in the metadata: where
# there is no index there is no table.
_index = sa.table("voiceprint_index", sa.column("system"), sa.column("changes", sa.Integer))
_SET_UP = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "DROP TABLE IF EXISTS voiceprint_vectors, voiceprint_index",
    "CREATE TABLE voiceprint_index (system varchar(64) PRIMARY KEY, changes integer NOT NULL)",
    "CREATE TABLE voiceprint_vectors (speaker_id integer PRIMARY KEY"
    " REFERENCES voiceprints ON DELETE CASCADE, vector vector({dimensions}) NOT NULL)",
)
_BUILD = (
    f"SET LOCAL maintenance_work_mem = '{BUILD_MEMORY}'",
    "CREATE INDEX IF NOT EXISTS ix_voiceprint_vectors_vector ON voiceprint_vectors"
    " USING hnsw (vector vector_ip_ops)",
    "ANALYZE voiceprint_vectors",
)
_FORGET_OTHERS = sa.text(
    "DELETE FROM voiceprint_vectors USING voiceprints"
    " WHERE voiceprints.speaker_id = voiceprint_vectors.speaker_id"
    " AND voiceprints.system <> :system AND voiceprints.change > :after"
)
_PUT = sa.text(
    "INSERT INTO voiceprint_vectors (speaker_id, vector) VALUES (:speaker_id, :vector)"
    " ON CONFLICT (speaker_id) DO UPDATE SET vector = excluded.vector"
)
_NEAREST = sa.text(
    "SELECT speakers.id, speakers.alias FROM"
    " (SELECT speaker_id, vector <#> CAST(:probe AS vector) AS distance"
    "  FROM voiceprint_vectors ORDER BY distance LIMIT :most) AS found"
    " JOIN speakers ON speakers.id = found.speaker_id ORDER BY found.distance"
)
_SET_EFFORT = sa.text("SELECT set_config('hnsw.ef_search', :effort, true)")
_COUNT = sa.text("SELECT count(*) FROM voiceprint_vectors")


class VectorIndexError(ValueError):
    """The database cannot keep the index; says why and what to do."""


def require(store: Store) -> None:
    """Make sure that the database has pgvector.

    Raises:
        VectorIndexError: it has not, or its user may not enable it.
    """
    try:
        with store.writing() as connection:
            connection.exec_driver_sql(_SET_UP[0])
    except DBAPIError as error:
        text = "VOICEPRINT_INDEX: pgvector cannot be enabled in this database"
        raise VectorIndexError(f"{text}; install it or let an owner do so: {error.orig}") from None


def prepare(store: Store, system: str, dimensions: int) -> None:
    """Make the index for the system's voiceprints of D dimensions, unless it is there, and fill it.

    Raises:
        VectorIndexError: the database has no pgvector.
    """
    require(store)
    with store.writing() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
        if not exists(connection) or taken_over(connection, system) is None:
            for statement in _SET_UP:
                connection.exec_driver_sql(statement.format(dimensions=dimensions))
            connection.execute(sa.insert(_index).values(system=system, changes=0))
    catch_up(store, system)
    with store.writing() as connection:
        for statement in _BUILD:
            connection.exec_driver_sql(statement)


def drop(store: Store) -> bool:
    """Delete the index with all its plain vectors; False if there was none."""
    with store.writing() as connection:
        was_there = exists(connection)
        connection.exec_driver_sql(_SET_UP[1])
    return was_there


def exists(connection: Connection) -> bool:
    """Tell whether the database holds plain vectors."""
    return sa.inspect(connection).has_table("voiceprint_vectors")


def taken_over(connection: Connection, system: str) -> int | None:
    """Return the change up to which the index is; None if it is another system's."""
    query = sa.select(_index.c.changes).where(_index.c.system == system)
    return connection.execute(query).scalar()


def catch_up(store: Store, system: str) -> None:
    """Take over what was written since the last time, a batch a transaction."""
    is_behind = True
    while is_behind:
        with store.writing() as connection:
            mine = sa.select(_index).where(_index.c.system == system)
            row = connection.execute(mine.with_for_update()).first()
            is_behind = row is not None and _take_over(connection, system, row.changes)


def count(connection: Connection) -> int:
    """Return how many vectors there are."""
    return int(connection.execute(_COUNT).scalar_one())


def nearest(
    connection: Connection, probe: Vector, most: int, effort: int = EF_SEARCH
) -> list[tuple[int, str]]:
    """Return number and alias of at most `most` speakers with the largest product with (D,)."""
    connection.execute(_SET_EFFORT, {"effort": str(effort)})
    rows = connection.execute(_NEAREST, {"probe": _text(probe), "most": most})
    return [(speaker_id, alias) for speaker_id, alias in rows]


def _take_over(connection: Connection, system: str, after: int) -> bool:
    """Take over one batch behind change number `after`; False when nothing was left."""
    newest = voiceprints.state(connection).changes
    upto = min(newest, after + BATCH)
    if upto == after:
        return False
    connection.execute(_FORGET_OTHERS, {"system": system, "after": after})
    rows = [
        {"speaker_id": row.speaker_id, "vector": _text(row.vector)}
        for row in voiceprints.lock_changed(connection, system, after, upto)
    ]
    if rows:
        connection.execute(_PUT, rows)
    done = sa.update(_index).where(_index.c.system == system)
    connection.execute(done.values(changes=upto))
    return True


def _text(vector: Vector) -> str:
    return "[" + ",".join(map(str, vector.tolist())) + "]"
