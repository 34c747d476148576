"""A speaker's model: named arrays, a summary of plain numbers, and the revision it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import Connection

from cepstra.store import voiceprints
from cepstra.store.arrays import Arrays
from cepstra.store.encryption import open_arrays, seal_arrays
from cepstra.store.speakers import Speaker, from_row
from cepstra.store.tables import models, speakers, voiceprint_counters
from cepstra.store.tenancy import kept_name

# Built once: every attempt runs them, and building them costs more than running them.
_FIND = (
    sa.select(
        speakers,
        models.c.revision,
        models.c.system,
        sa.select(voiceprint_counters.c.deletions).scalar_subquery(),
    )
    .join_from(speakers, models, isouter=True)
    .where(speakers.c.alias == sa.bindparam("alias"))
)
_IS_MINE = models.c.speaker_id == sa.bindparam("owner")
_LOAD = sa.select(models).where(_IS_MINE)
_KEPT = ("revision", "system", "summary", "arrays")
_REPLACE = (
    sa.update(models)
    .where(_IS_MINE, models.c.revision <= sa.bindparam("revision"))
    .values({name: sa.bindparam(name) for name in _KEPT})
)


@dataclass(frozen=True)
class MadeFrom:
    """What a model stands for: a revision of the speaker's takes, and the system that made it."""

    revision: int
    system: str


@dataclass(frozen=True)
class FoundSpeaker:
    """A speaker, what its model was made from (None without one), and how many were deleted."""

    speaker: Speaker
    made_from: MadeFrom | None
    deletions: int


@dataclass(frozen=True)
class StoredModel:
    """A model as kept.

    Attributes:
        revision: the speaker's revision that it was made from.
        system: name of the system that made it and that alone can read it.
        summary: plain numbers for the replies.
        arrays: the model itself.
        voiceprint: (D,) what a search compares first; None where the system has none. It is
            written beside the model and not read back with it.
    """

    revision: int
    system: str
    summary: dict[str, Any]
    arrays: Arrays
    voiceprint: NDArray[np.float32] | None = None

    @property
    def made_from(self) -> MadeFrom:
        """Revision and system."""
        return MadeFrom(self.revision, self.system)


def find(connection: Connection, alias: str) -> FoundSpeaker | None:
    """Return the speaker and what its model was made from; None for an unknown alias."""
    row = connection.execute(_FIND, {"alias": kept_name(connection, alias)}).first()
    if row is None:
        return None
    *values, revision, system, deletions = row
    made_from = None if revision is None else MadeFrom(revision, system)
    return FoundSpeaker(from_row(connection, values), made_from, deletions)


def load(connection: Connection, speaker_id: int) -> StoredModel | None:
    """Return the speaker's model, if there is one."""
    row = connection.execute(_LOAD, {"owner": speaker_id}).first()
    if row is None:
        return None
    arrays = open_arrays(connection, models.name, speaker_id, row.arrays)
    return StoredModel(row.revision, row.system, row.summary, arrays)


def summary(connection: Connection, speaker_id: int) -> dict[str, Any] | None:
    """Return the model's plain numbers, if there is one."""
    query = sa.select(models.c.summary).where(models.c.speaker_id == speaker_id)
    found: dict[str, Any] | None = connection.execute(query).scalar()
    return found


def made_from(connection: Connection, speaker_ids: Sequence[int]) -> dict[int, MadeFrom]:
    """Return what the models of those speakers were made from, as far as they have one."""
    query = sa.select(models.c.speaker_id, models.c.revision, models.c.system)
    rows = connection.execute(query.where(models.c.speaker_id.in_(speaker_ids)))
    return {speaker_id: MadeFrom(*values) for speaker_id, *values in rows}


def load_arrays(
    connection: Connection, speaker_ids: Sequence[int], system: str
) -> dict[int, Arrays]:
    """Return the models of several speakers, those that the system made, by speaker."""
    wanted = models.c.speaker_id.in_(speaker_ids)
    query = sa.select(models.c.speaker_id, models.c.arrays)
    rows = connection.execute(query.where(wanted, models.c.system == system))
    return {
        speaker_id: open_arrays(connection, models.name, speaker_id, arrays)
        for speaker_id, arrays in rows
    }


def delete(connection: Connection, speaker_id: int) -> None:
    """Delete the speaker's model and voiceprint."""
    connection.execute(sa.delete(models).where(models.c.speaker_id == speaker_id))
    voiceprints.delete(connection, speaker_id)


def save(connection: Connection, speaker_id: int, model: StoredModel) -> None:
    """Keep the model unless one of newer takes is there already; the speaker must be locked."""
    blob = seal_arrays(connection, models.name, speaker_id, model.arrays)
    values = {name: getattr(model, name) for name in _KEPT} | {"arrays": blob}
    if not connection.execute(_REPLACE, {"owner": speaker_id, **values}).rowcount:
        kept = sa.select(models.c.revision).where(models.c.speaker_id == speaker_id)
        if connection.execute(kept).first() is not None:
            return
        connection.execute(sa.insert(models).values(speaker_id=speaker_id, **values))
    voiceprints.save(connection, speaker_id, model.system, model.voiceprint)
