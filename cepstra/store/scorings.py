"""The log of a speaker's scored attempts, bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from cepstra.store.tables import scorings, speakers

# Built once: every attempt runs these, and building them costs more than running them.
ROW = ("digit", "digits", "result", "decided", "created_at")
_OWNER = bindparam("owner", type_=sa.Integer)
_MINE = scorings.c.speaker_id == _OWNER
_NEW = [bindparam(name, type_=scorings.c[name].type) for name in ROW]
_APPEND = (
    sa.insert(scorings)
    .from_select(
        ["speaker_id", *ROW],
        sa.select(speakers.c.id, *_NEW)
        .where(speakers.c.id == _OWNER)
        .with_for_update(read=True, key_share=True),  # else a deletion comes between
    )
    .returning(scorings.c.id)
)
_NEWEST_FIRST = sa.select(scorings.c.id).where(_MINE).order_by(scorings.c.id.desc())
_TRIM = sa.delete(scorings).where(
    _MINE,
    scorings.c.id <= _NEWEST_FIRST.offset(bindparam("keep")).limit(1).scalar_subquery(),
)
_LOG = (
    sa.select(*(scorings.c[name] for name in ROW))
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
    """When an attempt was scored, the digits it was said to be, and what came of it.

    Attributes:
        datetime: when.
        digit: the last of the digits, if told.
        digits: all; of attempts that were scored before all were kept, the last.
        result: frames above the threshold, percent.
        decided: the decision; None of attempts that were scored before it was kept.
    """

    datetime: datetime
    digit: int | None
    digits: Sequence[int]
    result: int
    decided: str | None


def append(
    connection: Connection,
    speaker_id: int,
    digits: Sequence[int | None],
    result: int,
    decided: str,
) -> bool:
    """Add an attempt, of each part the digit, if told; False if the speaker is gone."""
    told = "".join(str(digit) for digit in digits if digit is not None)
    row = {
        "owner": speaker_id,
        "digit": digits[-1],
        "digits": told,
        "result": result,
        "decided": decided,
        "created_at": datetime.now(UTC),
    }
    return connection.execute(_APPEND, row).first() is not None


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
    return [_scoring(*row[:-1]) for row in rows]


def log(connection: Connection, speaker_id: int, newest: int) -> Sequence[Scoring]:
    """Return at most `newest` kept attempts, newest first."""
    rows = connection.execute(_LOG, {"owner": speaker_id, "newest": newest})
    return [_scoring(*row) for row in rows]


def _scoring(
    digit: int | None, told: str | None, result: int, decided: str | None, created_at: datetime
) -> Scoring:
    last = () if digit is None else (digit,)
    digits = last if told is None else tuple(map(int, told))
    return Scoring(created_at, digit, digits, result, decided)
