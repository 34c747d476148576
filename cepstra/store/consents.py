"""What a speaker agreed to, and when; the newest consent counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.tables import consents

_FIND = sa.select(consents).where(consents.c.speaker_id == sa.bindparam("owner"))


@dataclass(frozen=True)
class Consent:
    """The version of the text that was agreed to, and when."""

    version: str
    datetime: datetime


def find(connection: Connection, speaker_id: int) -> Consent | None:
    """Return the speaker's consent, if there is one."""
    row = connection.execute(_FIND, {"owner": speaker_id}).first()
    return Consent(row.version, row.created_at) if row else None


def record(
    connection: Connection, speaker_id: int, version: str, given_at: datetime | None = None
) -> Consent:
    """Keep a consent, of now unless told, for an earlier one; the speaker must be locked."""
    given = Consent(version, given_at or datetime.now(UTC))
    values = {"version": version, "created_at": given.datetime}
    mine = consents.c.speaker_id == speaker_id
    if not connection.execute(sa.update(consents).where(mine).values(values)).rowcount:
        connection.execute(sa.insert(consents).values(speaker_id=speaker_id, **values))
    return given
