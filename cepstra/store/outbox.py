"""Events on their way to the operator's backend: kept with what they tell, until it took them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.engine import ANNOUNCES
from cepstra.store.tables import outbox

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class Event:
    """An event to deliver.

    Attributes:
        id: its number here.
        name: by which a receiver knows that it had it already.
        body: what it tells, as JSON.
        tries: how often it was sent, this time included.
    """

    id: int
    name: str
    body: str
    tries: int


def is_open(connection: Connection) -> bool:
    """Tell whether events of this store go anywhere."""
    return bool(connection.get_execution_options().get(ANNOUNCES))


def append(connection: Connection, name: str, body: str, now: datetime) -> None:
    """Keep an event, in the transaction of what it tells."""
    row = {"name": name, "body": body, "tries": 0, "due_at": now, "created_at": now}
    connection.execute(sa.insert(outbox), row)


def is_due(connection: Connection, now: datetime) -> bool:
    """Tell whether there is an event to send."""
    return connection.execute(sa.select(outbox.c.id).where(_due(now)).limit(1)).first() is not None


def claim(connection: Connection, now: datetime) -> Event | None:
    """Return the event that has been due longest, and let it be due again after a wait.

    Whoever claims it and then ends without a word has not lost it: others send it after the wait,
    which doubles with each try.
    """
    oldest = sa.select(outbox).where(_due(now)).order_by(outbox.c.due_at, outbox.c.id).limit(1)
    row = connection.execute(oldest.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    wait = min(FIRST_WAIT * 2 ** min(row.tries, 16), LONGEST_WAIT)
    again = {"tries": row.tries + 1, "due_at": now + wait}
    connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(again))
    return Event(row.id, row.name, row.body, row.tries + 1)


def remove(connection: Connection, event: Event) -> None:
    """Forget an event that was taken."""
    connection.execute(sa.delete(outbox).where(outbox.c.id == event.id))


def give_up(connection: Connection, now: datetime) -> int:
    """Forget events that nobody took for days, and return how many."""
    old = outbox.c.created_at < now - GIVEN_UP_AFTER
    return connection.execute(sa.delete(outbox).where(old)).rowcount


def _due(now: datetime) -> sa.ColumnElement[bool]:
    return outbox.c.due_at <= now
