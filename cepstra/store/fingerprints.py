"""Fingerprints of what was said in a speaker's attempts, for a time and bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import Connection

from cepstra.store.arrays import pack, unpack_bytes
from cepstra.store.encryption import keyring_of, open_blob, seal
from cepstra.store.tables import Moment, fingerprints

# How the rows are called that hold all fingerprints of an attempt; older rows hold one, and are
# called as its detector.
ATTEMPT = "attempt-1"
LENGTHS, DIGITS, NO_DIGIT = ".lengths", "digits", -1

# Built once: every challenged attempt runs these.
_IS_MINE = fingerprints.c.speaker_id == sa.bindparam("owner")
_IS_LIKE = sa.and_(
    _IS_MINE,
    fingerprints.c.detector == ATTEMPT,
    fingerprints.c.is_accepted == sa.bindparam("of_accepted"),
)
_NEWEST_FIRST = sa.select(fingerprints.c.id).where(_IS_LIKE).order_by(fingerprints.c.id.desc())
_ALL = (
    sa.select(
        fingerprints.c.id,
        fingerprints.c.detector,
        fingerprints.c.digit,
        fingerprints.c.fingerprint,
        fingerprints.c.is_accepted,
    )
    .where(_IS_MINE)
    .order_by(fingerprints.c.id)
)
_LAST = sa.select(sa.func.coalesce(sa.func.max(fingerprints.c.id), 0)).where(_IS_MINE)
_LAST_ACCEPTED = sa.select(sa.func.max(fingerprints.c.created_at)).where(
    _IS_MINE, fingerprints.c.is_accepted
)
_ROW = ("speaker_id", "detector", "is_accepted", "fingerprint", "created_at")
_NEW = [sa.bindparam(name, type_=fingerprints.c[name].type) for name in _ROW]
_IS_LAST = _LAST.scalar_subquery() == sa.bindparam("last")
_APPEND = (
    sa.insert(fingerprints)
    .from_select(list(_ROW), sa.select(*_NEW).where(_IS_LAST))
    .returning(fingerprints.c.id)
)
_IS_OLD = fingerprints.c.created_at < sa.bindparam("before", type_=Moment)
_EXPIRE_ALL = sa.delete(fingerprints).where(_IS_OLD)
_IS_SURPLUS = sa.and_(
    _IS_LIKE,
    fingerprints.c.id <= _NEWEST_FIRST.offset(sa.bindparam("keep")).limit(1).scalar_subquery(),
)
_TRIM = sa.delete(fingerprints).where(_IS_MINE, sa.or_(_IS_OLD, _IS_SURPLUS))


class Fingerprint(NamedTuple):
    """What a detector keeps of a message, and the digit that the message was sent as.

    Attributes:
        digit: None where none was told.
        content: made by the detector.
        is_accepted: false of an answer that was rejected.
    """

    digit: int | None
    content: bytes
    is_accepted: bool = True


class Remembered(NamedTuple):
    """Fingerprints by detector, oldest first, and the number of the last one."""

    by_detector: Mapping[str, Sequence[Fingerprint]]
    last: int


def recent(connection: Connection, speaker_id: int) -> Remembered:
    """Return all kept fingerprints of the speaker."""
    keyring, table = keyring_of(connection), fingerprints.name
    found: dict[str, list[Fingerprint]] = {}
    rows = connection.execute(_ALL, {"owner": speaker_id}).all()
    for _, name, digit, blob, is_accepted in rows:
        content = open_blob(keyring, table, speaker_id, blob)
        if name == ATTEMPT:
            _split(content, is_accepted, found)
        else:
            found.setdefault(name, []).append(Fingerprint(digit, content, is_accepted))
    return Remembered(found, rows[-1].id if rows else 0)


def last(connection: Connection, speaker_id: int) -> int:
    """Return the number of the newest fingerprint; 0 where there is none."""
    return int(connection.execute(_LAST, {"owner": speaker_id}).scalar_one())


def last_accepted(connection: Connection, speaker_id: int) -> datetime | None:
    """Return when an answer to a challenge was accepted last, as far as answers are kept."""
    when: datetime | None = connection.execute(_LAST_ACCEPTED, {"owner": speaker_id}).scalar_one()
    return when


def delete_before(connection: Connection, moment: datetime) -> int:
    """Delete everybody's fingerprints that are older, and return of how many attempts."""
    return connection.execute(_EXPIRE_ALL, {"before": moment}).rowcount


def append(
    connection: Connection,
    speaker_id: int,
    by_detector: Mapping[str, Sequence[Fingerprint]],
    is_accepted: bool,
    after: int,
    keep: int,
    since: datetime,
) -> bool:
    """Add the fingerprints of an attempt, in one row, and delete others.

    What is older than `since` goes, and all but the newest `keep` attempts that ended alike:
    rejected attempts, however many, drive out none that was accepted. The speaker must be locked.

    Returns:
        False where `after` is not the number of the newest one any more; then nothing is done.
    """
    if any(by_detector.values()):
        content = _joined(by_detector)
        sealed = seal(keyring_of(connection), fingerprints.name, speaker_id, content)
        row = (speaker_id, ATTEMPT, is_accepted, sealed, datetime.now(UTC))
        values = {**dict(zip(_ROW, row, strict=True)), "owner": speaker_id, "last": after}
        if connection.execute(_APPEND, values).first() is None:
            return False
    which = {"owner": speaker_id, "of_accepted": is_accepted, "keep": keep, "before": since}
    connection.execute(_TRIM, which)
    return True


def _joined(by_detector: Mapping[str, Sequence[Fingerprint]]) -> bytes:
    """Pack fingerprints of the same messages, each detector's one behind the other."""
    arrays: dict[str, NDArray[Any]] = {}
    for detector, prints in by_detector.items():
        content = b"".join(one.content for one in prints)
        digits = [NO_DIGIT if one.digit is None else one.digit for one in prints]
        arrays[detector] = np.frombuffer(content, dtype=np.uint8)
        arrays[detector + LENGTHS] = np.array([len(one.content) for one in prints], dtype=np.int64)
        arrays[DIGITS] = np.array(digits, dtype=np.int64)
    return pack(arrays)


def _split(content: bytes, is_accepted: bool, found: dict[str, list[Fingerprint]]) -> None:
    """Add the fingerprints that `_joined` packed to those found by detector."""
    arrays = unpack_bytes(content)
    digits = [None if digit == NO_DIGIT else digit for digit in _numbers(arrays[DIGITS])]
    for name, together in arrays.items():
        if name + LENGTHS in arrays:
            kept, first = found.setdefault(name, []), 0
            for digit, length in zip(digits, _numbers(arrays[name + LENGTHS]), strict=True):
                kept.append(Fingerprint(digit, together[first : first + length], is_accepted))
                first += length


def _numbers(content: bytes) -> list[int]:
    return memoryview(content).cast("q").tolist()
