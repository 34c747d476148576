"""What operators see of enrolments, a page of speakers at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.tables import lockouts, models, speakers, takes
from cepstra.store.tenancy import is_in_view, kept_name, told_name

_N_TAKES = (
    sa.select(sa.func.count())
    .where(takes.c.speaker_id == speakers.c.id, takes.c.role == "train")
    .scalar_subquery()
)
_IS_CURRENT = models.c.revision == speakers.c.revision
_LOCK = sa.and_(lockouts.c.alias == speakers.c.alias, lockouts.c.kind == "voice")
_PAGE = (
    sa.select(
        speakers.c.id,
        speakers.c.alias,
        speakers.c.created_at,
        speakers.c.frontend,
        _N_TAKES,
        sa.case((_IS_CURRENT, models.c.system), else_=None),
        lockouts.c.locked_until,
    )
    .join(models, models.c.speaker_id == speakers.c.id, isouter=True)
    .join(lockouts, _LOCK, isouter=True)
    .where(speakers.c.alias > sa.bindparam("after"))
    .order_by(speakers.c.alias)
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True)
class KeptEnrolment:
    """A speaker and what is kept of them.

    Attributes:
        n_takes: training takes.
        system: that made the model of the takes as they are; None while there is none.
        locked_until: of the last row of rejected voices; may be over.
    """

    id: int
    alias: str
    created_at: datetime
    frontend: str | None
    n_takes: int
    system: str | None
    locked_until: datetime | None


def page(connection: Connection, after: str, limit: int) -> list[KeptEnrolment]:
    """Return at most `limit` whose alias sorts behind `after`, in that order."""
    query = _PAGE.where(is_in_view(connection, speakers.c.alias))
    values = {"after": kept_name(connection, after), "most": limit}
    found = [KeptEnrolment(*row) for row in connection.execute(query, values)]
    return [replace(each, alias=told_name(connection, each.alias)) for each in found]
