"""Fingerprints of what was said in a speaker's attempts, for a time and bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.encryption import keyring_of, open_blob, seal
from cepstra.store.tables import Moment, fingerprints

# Built once: every challenged attempt runs these.
_IS_MINE = fingerprints.c.speaker_id == sa.bindparam("owner")
_IS_OF = sa.and_(_IS_MINE, fingerprints.c.detector == sa.bindparam("of_detector"))
_IS_LIKE = sa.and_(_IS_OF, fingerprints.c.is_accepted == sa.bindparam("of_accepted"))
_NEWEST_FIRST = sa.select(fingerprints.c.id).where(_IS_LIKE).order_by(fingerprints.c.id.desc())
_ALL = (
    sa.select(fingerprints.c.detector, fingerprints.c.digit, fingerprints.c.fingerprint)
    .where(_IS_MINE)
    .order_by(fingerprints.c.id)
)
_LAST = sa.select(sa.func.coalesce(sa.func.max(fingerprints.c.id), 0)).where(_IS_MINE)
_APPEND = sa.insert(fingerprints)
_EXPIRE = sa.delete(fingerprints).where(
    _IS_MINE, fingerprints.c.created_at < sa.bindparam("before", type_=Moment)
)
_TRIM = sa.delete(fingerprints).where(
    _IS_LIKE,
    fingerprints.c.id <= _NEWEST_FIRST.offset(sa.bindparam("keep")).limit(1).scalar_subquery(),
)


class Fingerprint(NamedTuple):
    """What a detector keeps of a message, and the digit that the message was sent as."""

    digit: int | None
    content: bytes


class Remembered(NamedTuple):
    """Fingerprints by detector, oldest first, and the number of the last one."""

    by_detector: Mapping[str, Sequence[Fingerprint]]
    last: int


def recent(connection: Connection, speaker_id: int) -> Remembered:
    """Return all kept fingerprints of the speaker."""
    keyring, table = keyring_of(connection), fingerprints.name
    found: dict[str, list[Fingerprint]] = {}
    for detector, digit, blob in connection.execute(_ALL, {"owner": speaker_id}):
        content = open_blob(keyring, table, speaker_id, blob)
        found.setdefault(detector, []).append(Fingerprint(digit, content))
    return Remembered(found, last(connection, speaker_id))


def last(connection: Connection, speaker_id: int) -> int:
    """Return the number of the newest fingerprint; 0 where there is none."""
    return int(connection.execute(_LAST, {"owner": speaker_id}).scalar_one())


@dataclass(frozen=True)
class Added:
    """Fingerprints of one attempt, by detector, and whether it was accepted."""

    by_detector: Mapping[str, Sequence[Fingerprint]]
    is_accepted: bool


def append(
    connection: Connection, speaker_id: int, added: Added, keep: int, since: datetime
) -> None:
    """Add the fingerprints of an attempt and delete others.

    What is older than `since` goes, and of each detector all but the newest `keep` of attempts
    that ended alike: rejected attempts, however many, drive out none that was accepted.
    """
    keyring, table = keyring_of(connection), fingerprints.name
    rows = [
        {
            "speaker_id": speaker_id,
            "detector": detector,
            "digit": one.digit,
            "fingerprint": seal(keyring, table, speaker_id, one.content),
            "is_accepted": added.is_accepted,
        }
        for detector, prints in added.by_detector.items()
        for one in prints
    ]
    if rows:
        connection.execute(_APPEND, rows)
    connection.execute(_EXPIRE, {"owner": speaker_id, "before": since})
    alike = {"owner": speaker_id, "of_accepted": added.is_accepted, "keep": keep}
    for detector in added.by_detector:
        connection.execute(_TRIM, {**alike, "of_detector": detector})
