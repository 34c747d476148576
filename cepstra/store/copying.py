"""Copy a whole database into an empty one, to be stopped and started again at will.

Rows go as they are: what is sealed stays sealed, bound to the same numbers, under the same keys.
Until the copy is complete and has been compared row by row, it is marked, and no service uses it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from cepstra.store import key_register
from cepstra.store.engine import Store
from cepstra.store.tables import data_keys, metadata, voiceprint_counters

BATCH = 100
MADE_BY_OPENING = (data_keys, voiceprint_counters)  # hold rows before there are any data


class CopyError(Exception):
    """A copy cannot begin, go on or be trusted; says why and what to do."""


def count_rows(source: Store) -> int:
    """Return how many rows there are to copy."""
    with source.reading() as connection:
        return sum(_count(connection, table) for table in metadata.sorted_tables)


def copy(source: Store, target: Store) -> Iterator[int]:
    """Copy what is missing, yielding the number of rows done, then compare everything.

    The source is read as it was at one moment. Each batch of rows is a transaction of the target.

    Raises:
        CopyError: the target holds other data, or a row of it differs.
    """
    _claim(target)
    with source.reading() as connection:
        for table in metadata.sorted_tables:
            for rows in _batches(connection, table):
                _add_missing(target, table, rows)
                yield len(rows)
        numbers = last_numbers(connection)
        for table in metadata.sorted_tables:
            yield from _compare(connection, target, table)
    with target.writing() as connection:
        continue_after(connection, numbers)
        key_register.forget(connection, key_register.COPYING)


def _claim(target: Store) -> None:
    """Mark the target as a copy, if it is empty or marked already."""
    with target.writing() as connection:
        if key_register.COPYING in key_register.registered(connection):
            return
        data = [table for table in metadata.sorted_tables if table not in MADE_BY_OPENING]
        if full := [table.name for table in data if _count(connection, table)]:
            text = f"expected an empty database to copy to, got one with {', '.join(full)}"
            raise CopyError(f"{text}; nothing was changed")
        for table in MADE_BY_OPENING:
            connection.execute(sa.delete(table))
        connection.execute(sa.insert(data_keys).values(key_id=key_register.COPYING))


def _add_missing(target: Store, table: sa.Table, rows: Sequence[Row[Any]]) -> None:
    with target.writing() as connection:
        there = {_key(table, row): digest(row) for row in _same(connection, table, rows)}
        for row in rows:
            if there.get(_key(table, row), digest(row)) != digest(row):
                raise _differ(table)
        missing = [dict(row._mapping) for row in rows if _key(table, row) not in there]
        if missing:
            connection.execute(sa.insert(table), missing)


def _compare(source: Connection, target: Store, table: sa.Table) -> Iterator[int]:
    expected, got = Checksum(), Checksum()
    for rows in _batches(source, table):
        for row in rows:
            expected.add(row)
        yield len(rows)
    with target.reading() as connection:
        for row in (row for rows in _batches(connection, table) for row in rows):
            if table is not data_keys or row.key_id != key_register.COPYING:
                got.add(row)
    if got != expected:
        raise _differ(table)


def _batches(connection: Connection, table: sa.Table) -> Iterator[Sequence[Row[Any]]]:
    query = sa.select(table).order_by(*table.primary_key.columns)
    streamed = query.execution_options(stream_results=True, max_row_buffer=BATCH)
    yield from connection.execute(streamed).partitions(BATCH)


def _same(connection: Connection, table: sa.Table, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return the rows of the target with the same keys."""
    columns = sa.tuple_(*table.primary_key.columns)
    query = sa.select(table).where(columns.in_([_key(table, row) for row in rows]))
    return list(connection.execute(query))


def _key(table: sa.Table, row: Row[Any]) -> tuple[Any, ...]:
    return tuple(row._mapping[column] for column in table.primary_key.columns)


def _count(connection: Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _differ(table: sa.Table) -> CopyError:
    text = f"{table.name}: source and copy differ; was the source changed since the copy began?"
    return CopyError(f"{text} Stop the service, empty the target and start again.")


_SQLITE = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_POSTGRESQL = sa.text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, :column))")


def last_numbers(connection: Connection) -> dict[str, int]:
    """Return the last number that each table gave away, 0 before the first.

    A copy must not give it away again.
    """
    return {column.table.name: _last_number(connection, column) for column in _numbered()}


def continue_after(connection: Connection, numbers: Mapping[str, int]) -> None:
    """Let each table give away the numbers behind these."""
    for column in _numbered():
        number = max(numbers[column.table.name], _last_number(connection, column))
        if number:
            _set_last_number(connection, column, number)


def _numbered() -> list[sa.Column[int]]:
    """Return the columns that count their tables' rows."""
    columns = (table.autoincrement_column for table in metadata.sorted_tables)
    return [column for column in columns if column is not None]


def _last_number(connection: Connection, column: sa.Column[int]) -> int:
    highest = connection.execute(sa.select(sa.func.max(column))).scalar_one() or 0
    names = {"name": column.table.name, "column": column.name}
    query = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    return max(highest, connection.execute(query, _wanted(query, names)).scalar() or 0)


def _set_last_number(connection: Connection, column: sa.Column[int], number: int) -> None:
    names: dict[str, str | int] = {"name": column.table.name, "column": column.name}
    if connection.dialect.name == "postgresql":
        statements = ["SELECT setval(pg_get_serial_sequence(:name, :column), :number)"]
    elif column.table.dialect_options["sqlite"]["autoincrement"]:
        forget = "DELETE FROM sqlite_sequence WHERE name = :name"
        statements = [forget, "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"]
    else:
        statements = []  # SQLite goes on behind the highest number there is
    for statement in map(sa.text, statements):
        connection.execute(statement, _wanted(statement, {**names, "number": number}))


def _wanted(statement: sa.TextClause, values: Mapping[str, str | int]) -> dict[str, str | int]:
    return {name: values[name] for name in statement.compile().params}


@dataclass
class Checksum:
    """The number of rows and the sum of their SHA-256: the same in any order, in any database."""

    n_rows: int = 0
    total: int = 0

    def add(self, row: Sequence[Any]) -> None:
        """Count a row in."""
        self.n_rows += 1
        self.total = (self.total + int.from_bytes(digest(row), "big")) % 2**256


def digest(row: Sequence[Any]) -> bytes:
    """Return the SHA-256 of a row's values, each with its type and length."""
    hashed = hashlib.sha256()
    for value in row:
        kind, content = _canonical(value)
        hashed.update(f"{kind} {len(content)} ".encode())
        hashed.update(content)
    return hashed.digest()


def _canonical(value: Any) -> tuple[str, bytes]:
    if isinstance(value, bytes | memoryview):
        return "bytes", bytes(value)
    if isinstance(value, datetime):
        return "time", value.astimezone(UTC).isoformat().encode()
    if isinstance(value, dict | list):
        return "json", json.dumps(value, sort_keys=True).encode()
    return type(value).__name__, str(value).encode()
