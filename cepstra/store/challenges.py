"""Open challenges and what was answered so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from cepstra.store.arrays import Arrays
from cepstra.store.encryption import open_arrays, seal_arrays
from cepstra.store.tables import answers, challenges
from cepstra.store.tenancy import kept_name, told_name

# Built once: every challenge runs these.
_IS_IT = challenges.c.id == sa.bindparam("of_id")
_ADD = sa.insert(challenges)
_LOCK = (
    sa.select(challenges)
    .where(_IS_IT, challenges.c.expires_at > sa.bindparam("now"))
    .with_for_update()
)
_KEEP = sa.insert(answers)
_ANSWERED = (
    sa.select(answers).where(answers.c.challenge_id == sa.bindparam("of_id")).order_by(answers.c.id)
)
_CLOSE = sa.delete(challenges).where(_IS_IT)
_EXPIRED = sa.select(challenges.c.id).where(challenges.c.expires_at <= sa.bindparam("now"))
_CLOSE_EXPIRED = sa.delete(challenges).where(
    challenges.c.id.in_(_EXPIRED.with_for_update(skip_locked=True))
)


@dataclass(frozen=True)
class Challenge:
    """Digits to say, whose voice is expected to say them, and who may send it."""

    id: str
    alias: str
    holder: str
    digits: tuple[int, ...]
    expires_at: datetime


@dataclass(frozen=True)
class Answer:
    """One message sent for a challenge."""

    digit: int | None
    frontend: str | None
    arrays: Arrays


def add(connection: Connection, challenge: Challenge) -> None:
    """Keep a challenge."""
    digits = "".join(map(str, challenge.digits))
    row = {**vars(challenge), "alias": kept_name(connection, challenge.alias), "digits": digits}
    connection.execute(_ADD, row)


def lock(connection: Connection, challenge_id: str, now: datetime) -> Challenge | None:
    """Return an open challenge and keep others from answering it until the commit."""
    row = connection.execute(_LOCK, {"of_id": challenge_id, "now": now}).first()
    if row is None:
        return None
    digits = tuple(map(int, row.digits))
    alias = told_name(connection, row.alias)
    return Challenge(row.id, alias, row.holder, digits, row.expires_at)


def keep(connection: Connection, challenge_id: str, answer: Answer) -> None:
    """Add an answer to a locked challenge."""
    row = {"challenge_id": challenge_id, "digit": answer.digit, "frontend": answer.frontend}
    arrays = seal_arrays(connection, answers.name, challenge_id, answer.arrays)
    connection.execute(_KEEP, {**row, "arrays": arrays})


def answered(connection: Connection, challenge_id: str) -> list[Answer]:
    """Return the answers so far, in order."""
    rows = connection.execute(_ANSWERED, {"of_id": challenge_id})
    return [_answer(connection, row) for row in rows]


def close(connection: Connection, challenge_id: str) -> None:
    """Delete a challenge with its answers: it cannot be answered again."""
    connection.execute(_CLOSE, {"of_id": challenge_id})


def close_expired(connection: Connection, now: datetime) -> None:
    """Delete the challenges whose time is over; whoever holds one of them sees to it."""
    connection.execute(_CLOSE_EXPIRED, {"now": now})


def close_all_of(connection: Connection, alias: str) -> None:
    """Delete the challenges of a speaker."""
    name = kept_name(connection, alias)
    connection.execute(sa.delete(challenges).where(challenges.c.alias == name))


def _answer(connection: Connection, row: Row[Any]) -> Answer:
    arrays = open_arrays(connection, answers.name, row.challenge_id, row.arrays)
    return Answer(row.digit, row.frontend, arrays)
