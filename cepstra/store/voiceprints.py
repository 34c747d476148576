"""One short vector a speaker, apart from the models so that all of them are read at once.

Every change is numbered, and deletions are counted. Both counters are one row that a writing
transaction updates last and so holds until its commit: whoever sees a number sees everything
up to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import Connection

from cepstra.store.encryption import keyring_of, open_blob, seal
from cepstra.store.tables import speakers, voiceprint_counters, voiceprints
from cepstra.store.tenancy import is_in_group, told_name

Vector = NDArray[np.float32]

# Built once: every search or take runs them, and building them costs more than running them.
_STATE = sa.select(voiceprint_counters.c.changes, voiceprint_counters.c.deletions)
_IS_MINE = voiceprints.c.speaker_id == sa.bindparam("owner")
_DELETE = sa.delete(voiceprints).where(_IS_MINE)
_REPLACE = (
    sa.update(voiceprints)
    .where(_IS_MINE)
    .values({name: sa.bindparam(name) for name in ("system", "change", "vector")})
)
_NEXT_CHANGE = (
    sa.update(voiceprint_counters)
    .values(changes=voiceprint_counters.c.changes + 1)
    .returning(voiceprint_counters.c.changes)
)
_CHANGED = (
    sa.select(speakers.c.id, speakers.c.alias, voiceprints.c.vector)
    .join_from(voiceprints, speakers)
    .where(voiceprints.c.change > sa.bindparam("after"))
    .where(voiceprints.c.system == sa.bindparam("system"))
)


@dataclass(frozen=True)
class VoiceprintCounts:
    """How often any voiceprint was written and how often any was deleted."""

    changes: int
    deletions: int


@dataclass(frozen=True)
class Voiceprint:
    """A speaker's vector (D,)."""

    speaker_id: int
    alias: str
    vector: Vector


def state(connection: Connection) -> VoiceprintCounts:
    """Return the counters."""
    return VoiceprintCounts(*connection.execute(_STATE).one())


def changed(connection: Connection, system: str, after: int) -> Iterator[Voiceprint]:
    """Go through the system's voiceprints that were written behind change number `after`.

    They are those of the connection's tenant, or of no tenant.
    """
    yield from _opened(connection, _CHANGED, {"after": after, "system": system})


def lock_changed(
    connection: Connection, system: str, after: int, upto: int
) -> Iterator[Voiceprint]:
    """Go through those up to a change, and keep others from deleting them until the commit."""
    query = _CHANGED.where(voiceprints.c.change <= upto).order_by(voiceprints.c.speaker_id)
    locked = query.with_for_update(key_share=True, read=True, of=voiceprints)
    yield from _opened(connection, locked, {"after": after, "system": system})


def kept(connection: Connection, system: str) -> set[int]:
    """Return the speakers who have a voiceprint of the system."""
    query = sa.select(voiceprints.c.speaker_id).where(voiceprints.c.system == system)
    return set(connection.execute(query).scalars())


def save(connection: Connection, speaker_id: int, system: str, vector: Vector | None) -> None:
    """Keep a speaker's vector in place of the last one; None only deletes that."""
    if vector is None:
        if connection.execute(_DELETE, {"owner": speaker_id}).rowcount:
            count_deletion(connection)
        return
    blob = seal(keyring_of(connection), voiceprints.name, speaker_id, vector.tobytes())
    change = int(connection.execute(_NEXT_CHANGE).scalar_one())
    row = {"system": system, "change": change, "vector": blob}
    if not connection.execute(_REPLACE, {"owner": speaker_id, **row}).rowcount:
        connection.execute(sa.insert(voiceprints).values(speaker_id=speaker_id, **row))


def touch(connection: Connection, speaker_id: int) -> None:
    """Let galleries read the speaker's row again, whose name has changed."""
    change = int(connection.execute(_NEXT_CHANGE).scalar_one())
    mine = sa.update(voiceprints).where(voiceprints.c.speaker_id == speaker_id)
    connection.execute(mine.values(change=change))


def delete(connection: Connection, speaker_id: int) -> None:
    """Delete a speaker's vector, if there is one, and tell that something is gone."""
    connection.execute(_DELETE, {"owner": speaker_id})
    count_deletion(connection)


def count_deletion(connection: Connection) -> None:
    """Tell every process that a voiceprint or a model is gone."""
    more = voiceprint_counters.c.deletions + 1
    connection.execute(sa.update(voiceprint_counters).values(deletions=more))


def _opened(
    connection: Connection, query: sa.Select[Any], values: dict[str, object]
) -> Iterator[Voiceprint]:
    keyring, table = keyring_of(connection), voiceprints.name
    mine = query.where(is_in_group(connection, speakers.c.alias))
    for speaker_id, alias, blob in connection.execute(mine, values):
        vector = np.frombuffer(open_blob(keyring, table, speaker_id, blob), dtype=np.float32)
        yield Voiceprint(speaker_id, told_name(connection, alias), vector)
