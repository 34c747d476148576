"""Who did what to which speaker and what came of it; entries outlive the speaker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.tables import audit_log

_APPEND = sa.insert(audit_log)  # built once: every call that changes something runs it
_OF_SPEAKER = (
    sa.select(audit_log)
    .where(audit_log.c.speaker_id == sa.bindparam("owner"))
    .order_by(audit_log.c.id.desc())
)


@dataclass(frozen=True)
class Entry:
    """One thing that was done or refused.

    Attributes:
        created_at: when.
        caller: id of the token or key that asked, "local" without, "cli" for a command.
        action: what was asked for.
        speaker_id: whose data it was about; None for a speaker who does not exist.
        decision: done, refused, or what an attempt ended with.
        reason: why, in words, where that needs saying.
        address: where the request came from.
    """

    created_at: datetime
    caller: str
    action: str
    speaker_id: int | None
    decision: str
    reason: str | None
    address: str | None


def append(connection: Connection, entry: Entry) -> None:
    """Add an entry."""
    connection.execute(_APPEND, vars(entry))


def of_speaker(connection: Connection, speaker_id: int) -> Sequence[Entry]:
    """Return the entries about a speaker, newest first."""
    rows = connection.execute(_OF_SPEAKER, {"owner": speaker_id}).mappings()
    return [Entry(**{name: row[name] for name in Entry.__annotations__}) for row in rows]


def delete_before(connection: Connection, moment: datetime) -> int:
    """Delete older entries and return how many there were."""
    old = audit_log.c.created_at < moment
    return connection.execute(sa.delete(audit_log).where(old)).rowcount
