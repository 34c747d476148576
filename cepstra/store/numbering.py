"""The last number that each table gave away, so that a copy does not give it away again."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.tables import metadata

_SQLITE = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_POSTGRESQL = sa.text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, :column))")


def last_numbers(connection: Connection) -> dict[str, int]:
    """Return the last number of each table that counts its rows; 0 before the first."""
    return {table.name: _last_number(connection, table) for table in _numbered()}


def continue_after(connection: Connection, numbers: Mapping[str, int]) -> None:
    """Let each table give away the numbers behind these."""
    for table in _numbered():
        number = max(numbers[table.name], _last_number(connection, table))
        if number:
            _set_last_number(connection, table, number)


def _numbered() -> list[sa.Table]:
    return [table for table in metadata.sorted_tables if table.autoincrement_column is not None]


def _column(table: sa.Table) -> sa.Column[int]:
    column = table.autoincrement_column
    if column is None:
        raise ValueError(f"{table.name} does not count its rows")
    return column


def _last_number(connection: Connection, table: sa.Table) -> int:
    column = _column(table)
    highest = connection.execute(sa.select(sa.func.max(column))).scalar_one() or 0
    names = {"name": table.name, "column": column.name}
    query = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    return max(highest, connection.execute(query, _wanted(query, names)).scalar() or 0)


def _set_last_number(connection: Connection, table: sa.Table, number: int) -> None:
    names: dict[str, str | int] = {"name": table.name, "column": _column(table).name}
    if connection.dialect.name == "postgresql":
        statements = ["SELECT setval(pg_get_serial_sequence(:name, :column), :number)"]
    elif table.dialect_options["sqlite"]["autoincrement"]:
        forget = "DELETE FROM sqlite_sequence WHERE name = :name"
        statements = [forget, "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"]
    else:
        statements = []  # SQLite goes on behind the highest number there is
    for statement in map(sa.text, statements):
        connection.execute(statement, _wanted(statement, {**names, "number": number}))


def _wanted(statement: sa.TextClause, values: Mapping[str, str | int]) -> dict[str, str | int]:
    return {name: values[name] for name in statement.compile().params}
