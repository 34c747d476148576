"""The log of a speaker's scored attempts, bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from cepstra.store.tables import scorings, speakers

# Built once: every attempt runs these, and building them costs more than running them.
_OWNER = bindparam("owner", type_=sa.Integer)
_MINE = scorings.c.speaker_id == _OWNER
_NEW = [bindparam(name, type_=scorings.c[name].type) for name in ("digit", "result", "created_at")]
_APPEND = (
    sa.insert(scorings)
    .from_select(
        ["speaker_id", "digit", "result", "created_at"],
        sa.select(speakers.c.id, *_NEW).where(speakers.c.id == _OWNER),
    )
    .returning(scorings.c.id)
)
_NEWEST_FIRST = sa.select(scorings.c.id).where(_MINE).order_by(scorings.c.id.desc())
_TRIM = sa.delete(scorings).where(
    _MINE,
    scorings.c.id <= _NEWEST_FIRST.offset(bindparam("keep")).limit(1).scalar_subquery(),
)
_LOG = (
    sa.select(scorings.c.created_at, scorings.c.digit, scorings.c.result)
    .where(_MINE)
    .order_by(scorings.c.id.desc())
    .limit(bindparam("newest"))
)
_LOG_AND_SURPLUS = _LOG.add_columns(
    _NEWEST_FIRST.offset(bindparam("most")).limit(1).scalar_subquery()
)
SLACK = 8  # attempts beyond those to keep, before the surplus is deleted all at once


@dataclass(frozen=True)
class Scoring:
    """When an attempt was scored, the digit it was said to be, and the result in percent."""

    datetime: datetime
    digit: int | None
    result: int


def append(connection: Connection, speaker_id: int, digit: int | None, result: int) -> bool:
    """Add an attempt; False if the speaker is gone."""
    row = {"digit": digit, "result": result, "created_at": datetime.now(UTC)}
    return connection.execute(_APPEND, {"owner": speaker_id, **row}).first() is not None


def trimmed_log(
    connection: Connection, speaker_id: int, newest: int, keep: int
) -> Sequence[Scoring]:
    """Return the newest attempts, newest first, and delete what is beyond the newest `keep`.

    That happens once there are more than `SLACK` too many.
    """
    parameters = {"owner": speaker_id, "newest": newest, "most": keep + SLACK}
    rows = connection.execute(_LOG_AND_SURPLUS, parameters).all()
    if rows and rows[0][-1] is not None:
        connection.execute(_TRIM, {"owner": speaker_id, "keep": keep})
    return [Scoring(*values) for *values, _ in rows]


def log(connection: Connection, speaker_id: int, newest: int) -> Sequence[Scoring]:
    """Return at most `newest` kept attempts, newest first."""
    rows = connection.execute(_LOG, {"owner": speaker_id, "newest": newest})
    return [Scoring(*row) for row in rows]
