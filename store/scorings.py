"""The log of a speaker's scored attempts, bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from store.tables import scorings, speakers


@dataclass(frozen=True)
class Scoring:
    """When an attempt was scored, the digit it was said to be, and the result in percent."""

    datetime: datetime
    digit: int | None
    result: int


def append(connection: Connection, speaker_id: int, digit: int | None, result: int) -> bool:
    """Add an attempt; False if the speaker is gone."""
    columns = {"digit": digit, "result": result, "created_at": datetime.now(UTC)}
    values = [sa.literal(value, scorings.c[name].type) for name, value in columns.items()]
    source = sa.select(speakers.c.id, *values).where(speakers.c.id == speaker_id)
    statement = sa.insert(scorings).from_select(["speaker_id", *columns], source)
    return connection.execute(statement).rowcount > 0


def trim(connection: Connection, speaker_id: int, keep: int) -> None:
    """Delete all but the newest `keep` attempts."""
    mine = scorings.c.speaker_id == speaker_id
    newest_surplus = (
        sa.select(scorings.c.id).where(mine).order_by(scorings.c.id.desc()).offset(keep).limit(1)
    )
    surplus = sa.and_(mine, scorings.c.id <= newest_surplus.scalar_subquery())
    connection.execute(sa.delete(scorings).where(surplus))


def log(connection: Connection, speaker_id: int) -> Sequence[Scoring]:
    """Return the kept attempts, newest first."""
    query = (
        sa.select(scorings.c.created_at, scorings.c.digit, scorings.c.result)
        .where(scorings.c.speaker_id == speaker_id)
        .order_by(scorings.c.id.desc())
    )
    return [Scoring(row.created_at, row.digit, row.result) for row in connection.execute(query)]
