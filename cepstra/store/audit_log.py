"""Who did what to which speaker and what came of it; entries outlive the speaker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.tables import audit_log, speakers
from cepstra.store.tenancy import is_own, told_name

_APPEND = sa.insert(audit_log)  # built once: every call that changes something runs it
_OF_SPEAKER = (
    sa.select(audit_log)
    .where(audit_log.c.speaker_id == sa.bindparam("owner"))
    .order_by(audit_log.c.id.desc())
)
DATE, DATE_AND_HOUR = 10, 13  # characters of a moment as text, in SQLite and PostgreSQL alike


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


def append(connection: Connection, entry: Entry, tenant: str = "") -> None:
    """Add an entry, to be found by a tenant where it is about one."""
    connection.execute(_APPEND, {**vars(entry), "tenant": tenant})


def of_speaker(connection: Connection, speaker_id: int) -> Sequence[Entry]:
    """Return the entries about a speaker, newest first."""
    rows = connection.execute(_OF_SPEAKER, {"owner": speaker_id}).mappings()
    return [Entry(**{name: row[name] for name in Entry.__annotations__}) for row in rows]


@dataclass(frozen=True)
class Numbered(Entry):
    """An entry with its number, and the name that its speaker has now; None once deleted."""

    id: int
    speaker: str | None


@dataclass(frozen=True)
class Search:
    """What entries are looked for; None for any.

    Attributes:
        speaker_id: number of a speaker, there or deleted.
        action: what was asked for.
        decision: how it ended.
        caller: id of who asked.
        since: the first moment.
        until: the first moment after.
        before: number of an entry that is newer than all of them.
    """

    speaker_id: int | None = None
    action: str | None = None
    decision: str | None = None
    caller: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def search(connection: Connection, wanted: Search, limit: int) -> Sequence[Numbered]:
    """Return at most `limit` entries, newest first."""
    columns = (column for column in audit_log.columns if column is not audit_log.c.tenant)
    query = sa.select(*columns, speakers.c.alias.label("speaker")).join_from(
        audit_log, speakers, audit_log.c.speaker_id == speakers.c.id, isouter=True
    )
    query = query.where(is_own(connection, audit_log.c.tenant))
    for name in ("speaker_id", "action", "decision", "caller"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(audit_log.c[name] == value)
    if wanted.since is not None:
        query = query.where(audit_log.c.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit_log.c.created_at < wanted.until)
    if wanted.before is not None:
        query = query.where(audit_log.c.id < wanted.before)
    rows = connection.execute(query.order_by(audit_log.c.id.desc()).limit(limit)).mappings()
    found = (Numbered(**row) for row in rows)
    return [replace(e, speaker=e.speaker and told_name(connection, e.speaker)) for e in found]


def count_attempts(
    connection: Connection, since: datetime, n_characters: int, speaker_id: int | None
) -> Sequence[tuple[str, str, int]]:
    """Count attempts by day or hour of UTC and by outcome.

    Args:
        connection: of a transaction.
        since: the first moment.
        n_characters: DATE or DATE_AND_HOUR.
        speaker_id: whose; None for everybody's.

    Returns:
        Beginning of the moment as text ("2026-11-26 03"), decision, or the name of the error that
        an attempt was refused with, and how many.
    """
    moment = sa.func.substr(sa.cast(audit_log.c.created_at, sa.String), 1, n_characters)
    is_refused = audit_log.c.decision == "refused"
    outcome = sa.case((is_refused, audit_log.c.reason), else_=audit_log.c.decision)
    query = sa.select(moment.label("moment"), outcome.label("outcome"), sa.func.count()).where(
        audit_log.c.action == "score",
        audit_log.c.created_at >= since,
        is_own(connection, audit_log.c.tenant),
    )
    if speaker_id is not None:
        query = query.where(audit_log.c.speaker_id == speaker_id)
    rows = connection.execute(query.group_by(sa.text("moment"), sa.text("outcome")))
    return [(str(row[0]), str(row[1]), int(row[2])) for row in rows]


def count_refused(connection: Connection, speaker_id: int, reason: str, since: datetime) -> int:
    """Return how many calls about a speaker were refused for that reason."""
    query = sa.select(sa.func.count()).where(
        audit_log.c.speaker_id == speaker_id,
        audit_log.c.created_at >= since,
        audit_log.c.decision == "refused",
        audit_log.c.reason == reason,
    )
    return int(connection.execute(query).scalar_one())


def delete_before(connection: Connection, moment: datetime) -> int:
    """Delete older entries and return how many there were."""
    old = audit_log.c.created_at < moment
    return connection.execute(sa.delete(audit_log).where(old)).rowcount
