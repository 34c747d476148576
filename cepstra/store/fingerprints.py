"""Fingerprints of what was said in a speaker's last attempts, bounded."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.challenge_tables import fingerprints
from cepstra.store.sealing import keyring_of, open_blob, seal


def recent(connection: Connection, speaker_id: int, detector: str) -> list[bytes]:
    """Return the kept fingerprints that the detector made, newest first."""
    query = (
        sa.select(fingerprints.c.fingerprint)
        .where(fingerprints.c.speaker_id == speaker_id, fingerprints.c.detector == detector)
        .order_by(fingerprints.c.id.desc())
    )
    keyring, table = keyring_of(connection), fingerprints.name
    sealed = connection.execute(query).scalars()
    return [open_blob(keyring, table, speaker_id, blob) for blob in sealed]


def append(
    connection: Connection, speaker_id: int, detector: str, added: Sequence[bytes], keep: int
) -> None:
    """Add fingerprints and delete all but the newest `keep` of that detector."""
    row, keyring = {"speaker_id": speaker_id, "detector": detector}, keyring_of(connection)
    sealed = [seal(keyring, fingerprints.name, speaker_id, one) for one in added]
    connection.execute(sa.insert(fingerprints), [{**row, "fingerprint": one} for one in sealed])
    mine = sa.and_(fingerprints.c.speaker_id == speaker_id, fingerprints.c.detector == detector)
    newest = sa.select(fingerprints.c.id).where(mine).order_by(fingerprints.c.id.desc())
    surplus = fingerprints.c.id <= newest.offset(keep).limit(1).scalar_subquery()
    connection.execute(sa.delete(fingerprints).where(mine, surplus))
