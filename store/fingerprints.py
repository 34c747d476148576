"""Fingerprints of what was said in a speaker's last attempts, bounded."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from store.challenge_tables import fingerprints


def recent(connection: Connection, speaker_id: int, detector: str) -> list[bytes]:
    """Return the kept fingerprints that the detector made, newest first."""
    query = (
        sa.select(fingerprints.c.fingerprint)
        .where(fingerprints.c.speaker_id == speaker_id, fingerprints.c.detector == detector)
        .order_by(fingerprints.c.id.desc())
    )
    return list(connection.execute(query).scalars())


def append(
    connection: Connection, speaker_id: int, detector: str, added: Sequence[bytes], keep: int
) -> None:
    """Add fingerprints and delete all but the newest `keep` of that detector."""
    row = {"speaker_id": speaker_id, "detector": detector}
    connection.execute(sa.insert(fingerprints), [{**row, "fingerprint": one} for one in added])
    mine = sa.and_(fingerprints.c.speaker_id == speaker_id, fingerprints.c.detector == detector)
    newest = sa.select(fingerprints.c.id).where(mine).order_by(fingerprints.c.id.desc())
    surplus = fingerprints.c.id <= newest.offset(keep).limit(1).scalar_subquery()
    connection.execute(sa.delete(fingerprints).where(mine, surplus))
