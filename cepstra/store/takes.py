"""The takes of a speaker: frames as they came, a bounded log in order of arrival."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import Connection

from cepstra.store import key_register
from cepstra.store.arrays import Arrays
from cepstra.store.encryption import open_arrays, seal_arrays
from cepstra.store.network_embedding import NetworkEmbedding
from cepstra.store.tables import takes

Role = Literal["train", "reference"]

NAME_BYTES = 8
SUMS = "sums/"
NO_LIMIT = 2**31 - 1

# Built once: every take runs these, and building them costs more than running them.
_OWNER, _ROLE = sa.bindparam("owner", type_=sa.Integer), sa.bindparam("of_role", type_=sa.String)
_MINE = sa.and_(takes.c.speaker_id == _OWNER, takes.c.role == _ROLE)
_SAME_DIGIT = takes.c.digit.is_not_distinct_from(sa.bindparam("said", type_=sa.Integer))
_ORDINAL = sa.select(sa.func.coalesce(sa.func.max(takes.c.ordinal) + 1, 0))
_GIVEN = ("speaker_id", "role", "digit", "n_frames", "arrays", "device", "name", "prints")
_APPEND = (
    sa.insert(takes)
    .values(ordinal=_ORDINAL.where(_MINE, _SAME_DIGIT).scalar_subquery())
    .values({name: sa.bindparam(name) for name in _GIVEN})
)
_FROM_NEWEST = (
    sa.select(
        takes.c.id,
        sa.func.row_number().over(order_by=takes.c.id.desc()).label("number"),
        sa.func.sum(takes.c.n_frames).over(order_by=takes.c.id.desc()).label("frames"),
    )
    .where(_MINE)
    .subquery()
)
_IS_SURPLUS = takes.c.id.in_(
    sa.select(_FROM_NEWEST.c.id).where(
        sa.or_(
            _FROM_NEWEST.c.number > sa.bindparam("keep"),
            # The newest one stays, however long it is.
            sa.and_(_FROM_NEWEST.c.number > 1, _FROM_NEWEST.c.frames > sa.bindparam("keep_frames")),
        )
    )
)
_NEWEST = sa.select(takes).where(_MINE, sa.not_(_IS_SURPLUS)).order_by(takes.c.id)
_SURPLUS = sa.select(takes).where(_IS_SURPLUS).order_by(takes.c.id)
_TRIM = sa.delete(takes).where(_IS_SURPLUS)
_LOG = (
    sa.select(takes.c.created_at, takes.c.digit, takes.c.device, takes.c.name)
    .where(_MINE)
    .order_by(takes.c.id.desc())
)
_TIME_OF_NEWEST = sa.select(takes.c.created_at).where(
    takes.c.id
    == sa.select(takes.c.id)
    .where(takes.c.speaker_id == _OWNER)
    .order_by(takes.c.id.desc())
    .limit(1)
    .offset(sa.bindparam("before", type_=sa.Integer))
    .scalar_subquery()
)
_PRINTS = (
    sa.select(takes.c.id, takes.c.digit, takes.c.prints)
    .where(takes.c.speaker_id == _OWNER)
    .order_by(takes.c.id)
)
_DIGITS = (
    sa.select(takes.c.digit)
    .where(takes.c.speaker_id == _OWNER, takes.c.digit.is_not(None), takes.c.n_frames > 0)
    .distinct()
    .order_by(takes.c.digit)
)
_COUNT_FRAMES = (
    sa.select(takes.c.role, sa.func.sum(takes.c.n_frames))
    .where(takes.c.speaker_id == _OWNER)
    .group_by(takes.c.role)
)


@dataclass(frozen=True)
class Take:
    """One recording's features; ordinal counts the speaker's takes of the same digit and role.

    A take that is an embedding has no frames. Sums are what a system kept of the frames, by name.
    """

    role: Role
    digit: int | None
    ordinal: int
    frames: NDArray[np.float64]
    device: str | None = None
    name: str = ""
    embedding: NetworkEmbedding | None = None
    sums: Arrays = field(default_factory=dict)


@dataclass(frozen=True)
class NewTake:
    """A take to be added.

    Attributes:
        role: what it is for.
        digit: what was said, if told.
        arrays: frames (T, D), or those of an embedding; kept as float32.
        device: label of what recorded it, if told.
        name: unlike those of the speaker's other takes; None for a random one.
        prints: what later messages are compared with, by the name of what compares.
        sums: what the system made of the frames and would else make again, by name.
    """

    role: Role
    digit: int | None
    arrays: dict[str, NDArray[np.float64]]
    device: str | None = None
    name: str | None = None
    prints: Arrays = field(default_factory=dict)
    sums: Arrays = field(default_factory=dict)

    @property
    def frames(self) -> NDArray[np.float64]:
        """(T, D) as they will be read back."""
        return self.arrays["frames"].astype(np.float32).astype(np.float64)

    @property
    def embedding(self) -> NetworkEmbedding | None:
        """The embedding that came in place of frames."""
        return NetworkEmbedding.of_arrays(self.arrays)


@dataclass(frozen=True)
class KnownTake:
    """A take as messages are compared with it.

    Attributes:
        digit: what was said, if told.
        prints: what was kept for that.
        frames: (T, D), where a print that was asked for was not kept.
    """

    digit: int | None
    prints: Arrays
    frames: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class DeviceCount:
    """How many takes a device gave; None stands for all that named none."""

    device: str | None
    takes: int


@dataclass(frozen=True)
class LogEntry:
    """When a take came, which digit it was said to be, from which device, and its name."""

    datetime: datetime
    digit: int | None
    device: str | None
    take: str


@dataclass(frozen=True)
class KeptTake:
    """A take as it is kept, in 32-bit floats: mfcc (T, D), or none where an embedding came.

    Energy, zcr (T,) and lpc (12,) were kept where they were sent, and are no more.
    """

    name: str
    datetime: datetime
    role: str
    digit: int | None
    device: str | None
    mfcc: NDArray[np.float32] | None
    energy: NDArray[np.float32] | None
    zcr: NDArray[np.float32] | None
    lpc: NDArray[np.float32] | None
    sent: NetworkEmbedding | None = None


def append(connection: Connection, speaker_id: int, new: NewTake) -> str:
    """Add a take to a speaker, in a writing transaction, and return its name."""
    sums = {SUMS + kind: array for kind, array in new.sums.items()}
    compact = {kind: array.astype(np.float32) for kind, array in (new.arrays | sums).items()}
    name = new.name or secrets.token_hex(NAME_BYTES)
    row = {
        "speaker_id": speaker_id,
        "role": new.role,
        "digit": new.digit,
        "n_frames": len(new.arrays["frames"]),
        "arrays": seal_arrays(connection, takes.name, speaker_id, compact),
        "device": new.device,
        "name": name,
        "prints": seal_arrays(connection, takes.name, speaker_id, new.prints),
    }
    of_digit = {"owner": speaker_id, "of_role": new.role, "said": new.digit}
    connection.execute(_APPEND, {**row, **of_digit})
    key_register.note_current(connection)
    return name


def trim(connection: Connection, speaker_id: int, role: Role, keep: int, frames: int) -> None:
    """Delete all but the newest takes of that role: `keep` at most, with `frames` at most."""
    which = {"owner": speaker_id, "of_role": role, "keep": keep, "keep_frames": frames}
    connection.execute(_TRIM, which)


def load(connection: Connection, speaker_id: int) -> list[Take]:
    """Return all takes of the speaker, oldest first."""
    query = sa.select(takes).where(takes.c.speaker_id == speaker_id).order_by(takes.c.id)
    return [_take(connection, row) for row in connection.execute(query)]


def known(connection: Connection, speaker_id: int, wanted: Collection[str]) -> list[KnownTake]:
    """Return all takes of the speaker with their prints, oldest first.

    Args:
        connection: a transaction.
        speaker_id: whose.
        wanted: names of prints; of a take without one of them, the frames are read instead.
    """
    rows = connection.execute(_PRINTS, {"owner": speaker_id}).all()
    prints = {row.id: _prints(connection, speaker_id, row.prints) for row in rows}
    without = [number for number, kept in prints.items() if not kept.keys() >= set(wanted)]
    frames: dict[int, NDArray[np.float64]] = {}
    if without:
        query = sa.select(takes).where(takes.c.id.in_(without))
        frames = {row.id: _take(connection, row).frames for row in connection.execute(query)}
    return [KnownTake(row.digit, prints[row.id], frames.get(row.id)) for row in rows]


def surplus(
    connection: Connection, speaker_id: int, role: Role, keep: int, frames: int
) -> list[Take]:
    """Return what `trim` would delete, oldest first."""
    which = {"owner": speaker_id, "of_role": role, "keep": keep, "keep_frames": frames}
    return [_take(connection, row) for row in connection.execute(_SURPLUS, which)]


def newest(
    connection: Connection, speaker_id: int, role: Role, most: int, frames: int = NO_LIMIT
) -> list[Take]:
    """Return at most `most` of the newest takes of that role, with at most `frames` together.

    The oldest of them comes first.
    """
    which = {"owner": speaker_id, "of_role": role, "keep": most, "keep_frames": frames}
    return [_take(connection, row) for row in connection.execute(_NEWEST, which)]


def kept(connection: Connection, speaker_id: int) -> list[KeptTake]:
    """Return all takes of the speaker with all that is kept of them, oldest first."""
    query = sa.select(takes).where(takes.c.speaker_id == speaker_id).order_by(takes.c.id)
    found = []
    for row in connection.execute(query):
        arrays = open_arrays(connection, takes.name, speaker_id, row.arrays)
        told = row.name, row.created_at, row.role, row.digit, row.device
        sent = NetworkEmbedding.of_arrays(arrays)
        frames = None if sent else arrays["frames"]
        energy, zcr, lpc = (arrays.get(name) for name in ("energy", "zcr", "lpc"))
        found.append(KeptTake(*told, frames, energy, zcr, lpc, sent))
    return found


def log(connection: Connection, speaker_id: int, role: Role) -> Sequence[LogEntry]:
    """Return when each take of that role came and its digit, newest first."""
    rows = connection.execute(_LOG, {"owner": speaker_id, "of_role": role})
    return [LogEntry(*row) for row in rows]


def digits(connection: Connection, speaker_id: int) -> list[int]:
    """Return the digits of which there are frames, in ascending order."""
    return list(connection.execute(_DIGITS, {"owner": speaker_id}).scalars())


def count_frames(connection: Connection, speaker_id: int) -> dict[str, int]:
    """Return the number of frames kept, by role."""
    rows = connection.execute(_COUNT_FRAMES, {"owner": speaker_id})
    return {role: int(total) for role, total in rows}


def time_of_newest(connection: Connection, speaker_id: int, number: int) -> datetime | None:
    """Return when the newest, second newest... take of any role came; None where there are fewer.

    Looks at no other take's row: times lie behind the arrays, which would be read with them.
    """
    when: datetime | None = connection.execute(
        _TIME_OF_NEWEST, {"owner": speaker_id, "before": number - 1}
    ).scalar_one_or_none()
    return when


def count_by_device(connection: Connection, speaker_id: int) -> list[DeviceCount]:
    """Return how many takes of any role each device gave, unlabelled first."""
    query = (
        sa.select(takes.c.device, sa.func.count())
        .where(takes.c.speaker_id == speaker_id)
        .group_by(takes.c.device)
        .order_by(takes.c.device.nulls_first())
    )
    return [DeviceCount(*row) for row in connection.execute(query)]


def names(connection: Connection, speaker_id: int) -> list[str]:
    """Return the names of all takes of the speaker, oldest first."""
    query = sa.select(takes.c.name).where(takes.c.speaker_id == speaker_id).order_by(takes.c.id)
    return list(connection.execute(query).scalars())


def find(connection: Connection, speaker_id: int, name: str) -> Take | None:
    """Return the speaker's take of that name, if it is kept."""
    query = sa.select(takes).where(takes.c.speaker_id == speaker_id, takes.c.name == name)
    row = connection.execute(query).first()
    return _take(connection, row) if row else None


def delete(connection: Connection, speaker_id: int, take: Take) -> None:
    """Delete a take and close the gap in the ordinals of its role and digit."""
    mine = takes.c.speaker_id == speaker_id
    connection.execute(sa.delete(takes).where(mine, takes.c.name == take.name))
    later = sa.and_(
        mine,
        takes.c.role == take.role,
        takes.c.digit.is_not_distinct_from(take.digit),
        takes.c.ordinal > take.ordinal,
    )
    connection.execute(sa.update(takes).where(later).values(ordinal=takes.c.ordinal - 1))


def delete_device(connection: Connection, speaker_id: int, device: str) -> int:
    """Delete the device's takes of any role and return how many there were."""
    given = sa.and_(takes.c.speaker_id == speaker_id, takes.c.device == device)
    return connection.execute(sa.delete(takes).where(given)).rowcount


def delete_all(connection: Connection, speaker_id: int) -> None:
    """Delete every take of the speaker."""
    connection.execute(sa.delete(takes).where(takes.c.speaker_id == speaker_id))


def _prints(connection: Connection, speaker_id: int, blob: bytes | None) -> Arrays:
    return {} if blob is None else open_arrays(connection, takes.name, speaker_id, blob)


def _take(connection: Connection, row: sa.Row[tuple[object, ...]]) -> Take:
    compact = open_arrays(connection, takes.name, row.speaker_id, row.arrays)
    arrays, sums = {}, {}
    for kind, array in compact.items():
        if kind.startswith(SUMS):
            sums[kind.removeprefix(SUMS)] = array
        else:
            arrays[kind] = array.astype(np.float64)
    return Take(
        row.role,
        row.digit,
        row.ordinal,
        arrays["frames"],
        row.device,
        row.name,
        NetworkEmbedding.of_arrays(arrays),
        sums,
    )
