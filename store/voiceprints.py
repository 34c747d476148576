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

from store.sealing import keyring_of, open_blob, seal
from store.tables import speakers, voiceprint_counters, voiceprints

Vector = NDArray[np.float32]

# Built once: every search runs it, and building it costs more than running it.
_STATE = sa.select(voiceprint_counters.c.changes, voiceprint_counters.c.deletions)
_CHANGED = (
    sa.select(speakers.c.id, speakers.c.alias, voiceprints.c.vector)
    .join_from(voiceprints, speakers)
    .where(voiceprints.c.change > sa.bindparam("after"))
    .where(voiceprints.c.system == sa.bindparam("system"))
)


@dataclass(frozen=True)
class State:
    """How often any voiceprint was written and how often any was deleted."""

    changes: int
    deletions: int


@dataclass(frozen=True)
class Voiceprint:
    """A speaker's vector (D,)."""

    speaker_id: int
    alias: str
    vector: Vector


def state(connection: Connection) -> State:
    """Return the counters."""
    return State(*connection.execute(_STATE).one())


def changed(connection: Connection, system: str, after: int) -> Iterator[Voiceprint]:
    """Go through the system's voiceprints that were written behind change number `after`."""
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
    mine = voiceprints.c.speaker_id == speaker_id
    if vector is None:
        if connection.execute(sa.delete(voiceprints).where(mine)).rowcount:
            count_deletion(connection)
        return
    blob = seal(keyring_of(connection), voiceprints.name, speaker_id, vector.tobytes())
    row = {"system": system, "change": _next_change(connection), "vector": blob}
    if not connection.execute(sa.update(voiceprints).where(mine).values(row)).rowcount:
        connection.execute(sa.insert(voiceprints).values(speaker_id=speaker_id, **row))


def count_deletion(connection: Connection) -> None:
    """Tell every search that a voiceprint is gone."""
    more = voiceprint_counters.c.deletions + 1
    connection.execute(sa.update(voiceprint_counters).values(deletions=more))


def _opened(
    connection: Connection, query: sa.Select[Any], values: dict[str, object]
) -> Iterator[Voiceprint]:
    keyring, table = keyring_of(connection), voiceprints.name
    for speaker_id, alias, blob in connection.execute(query, values):
        vector = np.frombuffer(open_blob(keyring, table, speaker_id, blob), dtype=np.float32)
        yield Voiceprint(speaker_id, alias, vector)


def _next_change(connection: Connection) -> int:
    more = voiceprint_counters.c.changes + 1
    update = sa.update(voiceprint_counters).values(changes=more)
    return int(connection.execute(update.returning(voiceprint_counters.c.changes)).scalar_one())
