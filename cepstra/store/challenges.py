"""Open challenges and what was answered so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from cepstra.store.arrays import Arrays
from cepstra.store.challenge_tables import answers, challenges
from cepstra.store.sealing import open_arrays, seal_arrays


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
    row = {**vars(challenge), "digits": digits}
    connection.execute(sa.insert(challenges).values(row))


def lock(connection: Connection, challenge_id: str) -> Challenge | None:
    """Return an open challenge and keep others from answering it until the commit."""
    query = sa.select(challenges).where(challenges.c.id == challenge_id).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        return None
    digits = tuple(map(int, row.digits))
    return Challenge(row.id, row.alias, row.holder, digits, row.expires_at)


def keep(connection: Connection, challenge_id: str, answer: Answer) -> None:
    """Add an answer to a locked challenge."""
    row = {"challenge_id": challenge_id, "digit": answer.digit, "frontend": answer.frontend}
    arrays = seal_arrays(connection, answers.name, challenge_id, answer.arrays)
    connection.execute(sa.insert(answers).values(**row, arrays=arrays))


def answered(connection: Connection, challenge_id: str) -> list[Answer]:
    """Return the answers so far, in order."""
    mine = sa.select(answers).where(answers.c.challenge_id == challenge_id).order_by(answers.c.id)
    return [_answer(connection, row) for row in connection.execute(mine)]


def close(connection: Connection, challenge_id: str) -> None:
    """Delete a challenge with its answers: it cannot be answered again."""
    connection.execute(sa.delete(challenges).where(challenges.c.id == challenge_id))


def close_expired(connection: Connection, now: datetime) -> None:
    """Delete the challenges whose time is over."""
    connection.execute(sa.delete(challenges).where(challenges.c.expires_at <= now))


def close_all_of(connection: Connection, alias: str) -> None:
    """Delete the challenges of a speaker."""
    connection.execute(sa.delete(challenges).where(challenges.c.alias == alias))


def _answer(connection: Connection, row: Row[Any]) -> Answer:
    arrays = open_arrays(connection, answers.name, row.challenge_id, row.arrays)
    return Answer(row.digit, row.frontend, arrays)
