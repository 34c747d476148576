"""A speaker's model: named arrays, a summary of plain numbers, and the revision it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import Connection

from store import voiceprints
from store.arrays import Arrays
from store.sealing import open_arrays, seal_arrays
from store.speakers import Speaker
from store.tables import models, speakers

# Built once: every attempt runs it, and building it costs more than running it.
_FIND = (
    sa.select(speakers, models.c.revision, models.c.system, models.c.summary, models.c.arrays)
    .join_from(speakers, models, isouter=True)
    .where(speakers.c.alias == sa.bindparam("alias"))
)


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


def find(connection: Connection, alias: str) -> tuple[Speaker, StoredModel | None] | None:
    """Return the speaker and, if there is one, its model; None for an unknown alias."""
    row = connection.execute(_FIND, {"alias": alias}).first()
    if row is None:
        return None
    *values, made_from, system, summary, blob = row
    speaker = Speaker(*values)
    if made_from is None:
        return speaker, None
    arrays = open_arrays(connection, models.name, speaker.id, blob)
    return speaker, StoredModel(made_from, system, summary, arrays)


def load(connection: Connection, speaker_id: int) -> StoredModel | None:
    """Return the speaker's model, if there is one."""
    row = connection.execute(sa.select(models).where(models.c.speaker_id == speaker_id)).first()
    if row is None:
        return None
    arrays = open_arrays(connection, models.name, speaker_id, row.arrays)
    return StoredModel(row.revision, row.system, row.summary, arrays)


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
    voiceprints.save(connection, speaker_id, "", None)


def save(connection: Connection, speaker_id: int, model: StoredModel) -> None:
    """Keep the model unless one of newer takes is there already; the speaker must be locked."""
    older = sa.and_(models.c.speaker_id == speaker_id, models.c.revision <= model.revision)
    blob = seal_arrays(connection, models.name, speaker_id, model.arrays)
    values = {**vars(model), "arrays": blob}
    values.pop("voiceprint")
    if not connection.execute(sa.update(models).where(older).values(values)).rowcount:
        kept = sa.select(models.c.revision).where(models.c.speaker_id == speaker_id)
        if connection.execute(kept).first() is not None:
            return
        connection.execute(sa.insert(models).values(speaker_id=speaker_id, **values))
    voiceprints.save(connection, speaker_id, model.system, model.voiceprint)
