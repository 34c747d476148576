"""Seal everything with the current key: a speaker at a time, to be stopped and started at will."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store import key_register, speakers
from cepstra.store.encryption import (
    HEADER_BYTES,
    describe,
    header_of,
    is_sealed,
    keyring_of,
    open_blob,
    seal,
)
from cepstra.store.engine import Store
from cepstra.store.keyring import Keyring, KeyringError
from cepstra.store.tables import SealedBytes, answers, metadata
from cepstra.store.tables import speakers as speakers_table

SEALED_COLUMNS: tuple[sa.Column[bytes], ...] = tuple(
    column
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, SealedBytes)
)


def rotate(store: Store, accept_plain: bool = False) -> Iterator[int]:
    """Reseal speaker by speaker, then open challenges, yielding the number of blobs changed.

    A blob that was never sealed could have been planted; only `accept_plain` takes it over.

    Raises:
        KeyringError: a blob is plain and may not be, or the database is half a copy.
        SealError: a blob was changed, moved, or its key is missing.
    """
    key_register.refuse_unfinished(store)
    with store.reading() as connection:
        ids = list(connection.execute(sa.select(speakers_table.c.id)).scalars())
    with store.writing() as connection:
        key_register.note_current(connection)
    columns = [column for column in SEALED_COLUMNS if column.table is not answers]
    for speaker_id in ids:
        with store.writing(synced=True) as connection:
            locked = speakers.lock(connection, speaker_id) is not None
            changed = sum(
                _reseal(connection, column, _owner(column) == speaker_id, accept_plain)
                for column in (columns if locked else ())
            )
        yield changed
    yield _finish(store)


def count_steps(store: Store) -> int:
    """Return how often `rotate` yields."""
    with store.reading() as connection:
        return speakers.count(connection) + 1


def _reseal(
    connection: Connection,
    column: sa.Column[bytes],
    which: sa.ColumnElement[bool],
    accept_plain: bool,
) -> int:
    table, keyring = column.table, keyring_of(connection)
    (key,) = table.primary_key.columns
    query = sa.select(key, _owner(column), column).where(which, _is_outdated(keyring, column))
    rows = connection.execute(query).all()
    for row_id, owner, blob in rows:
        if is_sealed(blob):
            content = open_blob(keyring, table.name, owner, blob)
        elif accept_plain:
            content = blob
        else:
            text = f"{describe(table.name, owner)}: expected sealed data, got plain data"
            raise KeyringError(f"{text}; if they are yours from before, add --accept-plain")
        sealed = seal(keyring, table.name, owner, content)
        connection.execute(sa.update(table).where(key == row_id).values({column: sealed}))
    return len(rows)


def _finish(store: Store) -> int:
    """Reseal answers to challenges; forget the older keys if nothing of theirs is left."""
    with store.writing(synced=True) as connection:
        changed = _reseal(connection, answers.c.arrays, sa.true(), accept_plain=False)
        outdated = (_is_outdated(store.keyring, column) for column in SEALED_COLUMNS)
        left = (sa.select(sa.literal(1)).where(condition) for condition in outdated)
        if connection.execute(sa.union_all(*left).limit(1)).first() is None:
            key_register.forget_all_but(connection, store.keyring.current.id.hex())
    return changed


def _owner(column: sa.Column[bytes]) -> sa.Column[Any]:
    (reference,) = column.table.foreign_keys
    return reference.parent


def _is_outdated(keyring: Keyring, column: sa.Column[bytes]) -> sa.ColumnElement[bool]:
    header = sa.literal(header_of(keyring.current), sa.LargeBinary)
    return sa.func.substr(column, 1, HEADER_BYTES) != header
