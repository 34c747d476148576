"""Speakers by alias, and the revision that counts every change of their takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store import voiceprints
from cepstra.store.engine import upsert
from cepstra.store.likeness import whole_likeness
from cepstra.store.tables import consents, scorings, speakers, takes
from cepstra.store.tenancy import is_in_group, is_in_view, kept_name, parted, told_name

# Built once: every take runs these, and building them costs more than running them.
_FIND = sa.select(speakers).where(speakers.c.alias == sa.bindparam("alias"))
_FIND_AND_LOCK = _FIND.with_for_update()
_IS_IT = speakers.c.id == sa.bindparam("owner")
_LOCK = sa.select(speakers).where(_IS_IT).with_for_update()
_DESCRIBED = ("frontend", "width", "revision")
_DESCRIBE = (
    sa.update(speakers).where(_IS_IT).values({name: sa.bindparam(name) for name in _DESCRIBED})
)
_N_TOLD = list(speakers.c).index(speakers.c.likeness)  # columns before are those of Speaker


@dataclass(frozen=True)
class Speaker:
    """A row of the table `speakers`; frontend and width are those of the takes, None before.

    `subject` is random, never changes and is never given again, unlike the alias. The tenant, ""
    for none, is part of the row's alias.
    """

    id: int
    alias: str
    frontend: str | None
    width: int | None
    revision: int
    created_at: datetime
    subject: str
    tenant: str = ""


def find(connection: Connection, alias: str) -> Speaker | None:
    """Return the speaker of that alias, if there is one."""
    row = connection.execute(_FIND, {"alias": kept_name(connection, alias)}).first()
    return from_row(connection, row) if row else None


def create(connection: Connection, alias: str) -> Speaker | None:
    """Add a speaker; None if the alias is taken."""
    added = upsert(connection.dialect.name, speakers).values(
        **_names(connection, alias), revision=0
    )
    row = connection.execute(added.on_conflict_do_nothing().returning(speakers)).first()
    return from_row(connection, row) if row else None


def find_and_lock(connection: Connection, alias: str) -> Speaker | None:
    """Return the speaker of that alias and keep others from changing it until the commit."""
    row = connection.execute(_FIND_AND_LOCK, {"alias": kept_name(connection, alias)}).first()
    return from_row(connection, row) if row else None


def obtain(connection: Connection, alias: str) -> Speaker:
    """Return the speaker of that alias, locked, adding it where it is missing."""
    speaker = find_and_lock(connection, alias)
    if speaker is not None:
        return speaker
    names = _names(connection, alias)
    added = upsert(connection.dialect.name, speakers).values(**names, revision=0)
    kept = added.on_conflict_do_update(index_elements=["alias"], set_=names)
    return from_row(connection, connection.execute(kept.returning(speakers)).one())


def lock(connection: Connection, speaker_id: int) -> Speaker | None:
    """Return the speaker as it is now and keep others from changing it until the commit."""
    row = connection.execute(_LOCK, {"owner": speaker_id}).first()
    return from_row(connection, row) if row else None


def rename(connection: Connection, speaker: Speaker, alias: str) -> Speaker:
    """Change the alias of a locked speaker, and tell every gallery."""
    renamed = sa.update(speakers).where(speakers.c.id == speaker.id)
    connection.execute(renamed.values(**_names(connection, alias)))
    voiceprints.touch(connection, speaker.id)
    return replace(speaker, alias=alias)


def describe_takes(
    connection: Connection, speaker: Speaker, frontend: str | None, width: int | None
) -> int:
    """Note the front end of the locked speaker's takes, count one change, return its number."""
    revision = speaker.revision + 1
    values = {"frontend": frontend, "width": width, "revision": revision}
    connection.execute(_DESCRIBE, {"owner": speaker.id, **values})
    return revision


def delete(connection: Connection, alias: str) -> bool:
    """Delete the speaker with takes, model and scorings; False if there was none."""
    name = kept_name(connection, alias)
    result = connection.execute(sa.delete(speakers).where(speakers.c.alias == name))
    if result.rowcount:
        voiceprints.count_deletion(connection)
    return result.rowcount > 0


def count(connection: Connection) -> int:
    """Return how many speakers there are."""
    query = sa.select(sa.func.count()).select_from(speakers)
    query = query.where(is_in_view(connection, speakers.c.alias))
    return int(connection.execute(query).scalar_one())


def count_enrolled(connection: Connection, frontend: str) -> int:
    """Return how many speakers have takes of that front end, among those to be compared."""
    query = sa.select(sa.func.count()).select_from(speakers).where(_enrolled(connection, frontend))
    return int(connection.execute(query).scalar_one())


def newest_enrolled(connection: Connection, frontend: str, limit: int) -> list[int]:
    """Return the numbers of at most `limit` of those speakers, newest first."""
    query = sa.select(speakers.c.id).where(_enrolled(connection, frontend))
    return list(connection.execute(query.order_by(speakers.c.id.desc()).limit(limit)).scalars())


def page(connection: Connection, after: str, limit: int, like: str = "") -> list[Speaker]:
    """Return at most `limit` speakers whose alias sorts behind `after`, in order.

    With `like`, those whose names are like it (store.likeness).
    """
    query = sa.select(speakers).where(speakers.c.alias > kept_name(connection, after))
    query = query.where(is_in_view(connection, speakers.c.alias)).order_by(speakers.c.alias)
    if not like:
        return [from_row(connection, row) for row in connection.execute(query.limit(limit))]
    sought = whole_likeness(kept_name(connection, like))
    perhaps = query.where(sa.or_(speakers.c.likeness == sought, speakers.c.likeness.is_(None)))
    found = (row for row in connection.execute(perhaps) if whole_likeness(row.alias) == sought)
    return [from_row(connection, row) for row in islice(found, limit)]


def trained_last(connection: Connection, speaker: Speaker, limit: int) -> list[Speaker]:
    """Return at most `limit` others with frames of the same kind, the one trained last first.

    They are of the same tenant, or of none as the speaker.

    Goes through the index of all takes, so its time grows with their number.
    """
    alike = sa.and_(
        speakers.c.id != speaker.id,
        speakers.c.frontend.is_not_distinct_from(speaker.frontend),
        speakers.c.width == speaker.width,
        is_in_group(connection, speakers.c.alias),
    )
    last = sa.func.max(takes.c.id).label("last")
    trained = sa.select(takes.c.speaker_id, last).where(takes.c.role == "train")
    newest = trained.group_by(takes.c.speaker_id).subquery()
    query = sa.select(speakers).join(newest, newest.c.speaker_id == speakers.c.id).where(alike)
    rows = connection.execute(query.order_by(newest.c.last.desc()).limit(limit))
    return [from_row(connection, row) for row in rows]


def lock_unused(connection: Connection, moment: datetime, limit: int) -> list[Speaker]:
    """Lock at most `limit` speakers that nothing was added to at or after that moment.

    Those whom somebody holds are in use and left out, and those to whom something came before
    they were locked.
    """
    used = (
        sa.exists().where(table.c.speaker_id == speakers.c.id, table.c.created_at >= moment)
        for table in (takes, scorings, consents)
    )
    unused = sa.and_(speakers.c.created_at < moment, ~sa.or_(*used))
    query = sa.select(speakers).where(unused).order_by(speakers.c.id).limit(limit)
    locked = [row.id for row in connection.execute(query.with_for_update(skip_locked=True))]
    still = sa.select(speakers).where(unused, speakers.c.id.in_(locked)).order_by(speakers.c.id)
    return [from_row(connection, row) for row in connection.execute(still)]


def from_row(connection: Connection, row: Sequence[Any]) -> Speaker:
    """Return the speaker of a row of the table `speakers`."""
    speaker = Speaker(*row[:_N_TOLD])
    tenant, alias = parted(speaker.alias)[0], told_name(connection, speaker.alias)
    return replace(speaker, alias=alias, tenant=tenant) if tenant else speaker


def _names(connection: Connection, alias: str) -> dict[str, str]:
    name = kept_name(connection, alias)
    return {"alias": name, "likeness": whole_likeness(name)}


def _enrolled(connection: Connection, frontend: str) -> sa.ColumnElement[bool]:
    return sa.and_(speakers.c.frontend == frontend, is_in_group(connection, speakers.c.alias))
