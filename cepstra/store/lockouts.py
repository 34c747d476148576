"""How often somebody was rejected in a row, and until when they have to wait."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.engine import upsert
from cepstra.store.tables import lockouts
from cepstra.store.tenancy import is_in_view, kept_name, told_name

Kind = Literal["voice", "password", "posed"]
FORGOTTEN_AFTER = timedelta(days=7)

# Built once: every attempt with auth on runs these.
_IS_IT = sa.and_(
    lockouts.c.kind == sa.bindparam("of_kind"), lockouts.c.alias == sa.bindparam("of_alias")
)
_FIND = sa.select(lockouts.c.rejects, lockouts.c.locked_until).where(_IS_IT)
_SAVE = (
    sa.update(lockouts)
    .where(_IS_IT)
    .values({name: sa.bindparam(name) for name in ("rejects", "locked_until", "updated_at")})
)
_CLEAR = sa.delete(lockouts).where(_IS_IT)
_OLD = sa.select(lockouts.c.kind, lockouts.c.alias).where(
    lockouts.c.updated_at < sa.bindparam("before")
)
_FORGET_OLD = sa.delete(lockouts).where(
    sa.tuple_(lockouts.c.kind, lockouts.c.alias).in_(_OLD.with_for_update(skip_locked=True))
)


@dataclass(frozen=True)
class Lockout:
    """Rejections since the last success; locked_until may be over."""

    rejects: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True)
class Locked(Lockout):
    """A lockout with what was rejected and the name that it is of."""

    kind: str = ""
    alias: str = ""


def locked(connection: Connection, now: datetime, limit: int) -> list[Locked]:
    """Return at most `limit` that are not over, in order of name."""
    query = sa.select(
        lockouts.c.rejects, lockouts.c.locked_until, lockouts.c.kind, lockouts.c.alias
    )
    waiting = query.where(lockouts.c.locked_until > now, is_in_view(connection, lockouts.c.alias))
    rows = connection.execute(waiting.order_by(lockouts.c.alias, lockouts.c.kind).limit(limit))
    found = (Locked(*row) for row in rows)
    return [replace(each, alias=told_name(connection, each.alias)) for each in found]


def find(connection: Connection, kind: Kind, alias: str) -> Lockout:
    """Return how things stand; nobody is locked who was never rejected."""
    row = connection.execute(_FIND, _of(connection, kind, alias)).first()
    return Lockout(*row) if row else Lockout()


def lock(
    connection: Connection, kind: Kind, alias: str, now: datetime, rejects: int = 0
) -> Lockout:
    """Count so many more rejections, return how things stand, and keep others from changing it.

    In one statement, for another transaction may clear the row between two. What did not change
    for FORGOTTEN_AFTER counts no more.
    """
    row = {"kind": kind, "alias": kept_name(connection, alias), "rejects": rejects}
    times = {"updated_at": now, "before": now - FORGOTTEN_AFTER}
    held = connection.execute(_hold(connection.dialect.name), {**row, **times})
    return Lockout(*held.one())


def save(connection: Connection, kind: Kind, alias: str, lockout: Lockout, now: datetime) -> None:
    """Keep how things stand now; the row must be locked."""
    values = {**vars(lockout), "updated_at": now}
    connection.execute(_SAVE, {**_of(connection, kind, alias), **values})


def clear(connection: Connection, kind: Kind, alias: str) -> None:
    """Forget the rejections."""
    connection.execute(_CLEAR, _of(connection, kind, alias))


def clear_all_of(connection: Connection, alias: str) -> bool:
    """Forget the rejections of every kind; False where there were none."""
    name = kept_name(connection, alias)
    return connection.execute(sa.delete(lockouts).where(lockouts.c.alias == name)).rowcount > 0


def rename(connection: Connection, alias: str, new: str) -> None:
    """Let the rejections follow a speaker to another name."""
    clear_all_of(connection, new)
    before, after = (kept_name(connection, name) for name in (alias, new))
    connection.execute(sa.update(lockouts).where(lockouts.c.alias == before).values(alias=after))


def forget_old(connection: Connection, now: datetime) -> None:
    """Forget what did not change for FORGOTTEN_AFTER, save what somebody holds.

    Only after one's own is locked: whoever waits for that must hold nobody else's.
    """
    connection.execute(_FORGET_OLD, {"before": now - FORGOTTEN_AFTER})


@cache
def _hold(dialect: str) -> sa.UpdateBase:
    """Build once what adds the row or, where there is one, to its count; the old counts no more."""
    row = ("kind", "alias", "rejects", "updated_at")
    added = upsert(dialect, lockouts).values({name: sa.bindparam(name) for name in row})
    is_old = lockouts.c.updated_at < sa.bindparam("before")
    rejects = sa.case((is_old, 0), else_=lockouts.c.rejects) + added.excluded.rejects
    return added.on_conflict_do_update(
        index_elements=["kind", "alias"],
        set_={"updated_at": added.excluded.updated_at, "rejects": rejects},
    ).returning(lockouts.c.rejects, lockouts.c.locked_until)


def _of(connection: Connection, kind: Kind, alias: str) -> dict[str, str]:
    return {"of_kind": kind, "of_alias": kept_name(connection, alias)}
