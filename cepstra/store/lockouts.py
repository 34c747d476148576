"""How often somebody was rejected in a row, and until when they have to wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.insertion import upsert
from cepstra.store.lockout_tables import lockouts

Kind = Literal["voice", "password"]


@dataclass(frozen=True)
class Lockout:
    """Rejections since the last success; locked_until may be over."""

    rejects: int = 0
    locked_until: datetime | None = None


def find(connection: Connection, kind: Kind, alias: str) -> Lockout:
    """Return how things stand; nobody is locked who was never rejected."""
    query = sa.select(lockouts.c.rejects, lockouts.c.locked_until).where(_of(kind, alias))
    row = connection.execute(query).first()
    return Lockout(*row) if row else Lockout()


def lock(connection: Connection, kind: Kind, alias: str, now: datetime) -> Lockout:
    """Return how things stand and keep others from changing it until the commit."""
    row = {"kind": kind, "alias": alias, "rejects": 0, "updated_at": now}
    connection.execute(upsert(connection, lockouts).values(row).on_conflict_do_nothing())
    columns = (lockouts.c.rejects, lockouts.c.locked_until)
    query = sa.select(*columns).where(_of(kind, alias)).with_for_update()
    return Lockout(*connection.execute(query).one())


def save(connection: Connection, kind: Kind, alias: str, lockout: Lockout, now: datetime) -> None:
    """Keep how things stand now; the row must be locked."""
    values = {**vars(lockout), "updated_at": now}
    connection.execute(sa.update(lockouts).where(_of(kind, alias)).values(values))


def clear(connection: Connection, kind: Kind, alias: str) -> None:
    """Forget the rejections."""
    connection.execute(sa.delete(lockouts).where(_of(kind, alias)))


def clear_all_of(connection: Connection, alias: str) -> None:
    """Forget the rejections of every kind."""
    connection.execute(sa.delete(lockouts).where(lockouts.c.alias == alias))


def clear_older(connection: Connection, before: datetime) -> None:
    """Forget what did not change since."""
    connection.execute(sa.delete(lockouts).where(lockouts.c.updated_at < before))


def _of(kind: Kind, alias: str) -> sa.ColumnElement[bool]:
    return sa.and_(lockouts.c.kind == kind, lockouts.c.alias == alias)
