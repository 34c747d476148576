"""Attempts over time: how many were accepted, rejected, undecided, or came while locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from cepstra.store import Store, audit_log
from cepstra.store.audit_log import DATE, DATE_AND_HOUR
from cepstra.verification.errors import LockedOutError

Period = Literal["hour", "day"]
LENGTH: dict[Period, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
N_CHARACTERS: dict[Period, int] = {"hour": DATE_AND_HOUR, "day": DATE}
FIELD_OF = {
    "accept": "accepted",
    "reject": "rejected",
    "inconclusive": "inconclusive",
    LockedOutError.__name__: "locked",
}


@dataclass(frozen=True)
class AttemptCount:
    """The attempts of an hour or a day of UTC, which began at `begins_at`."""

    begins_at: datetime
    accepted: int = 0
    rejected: int = 0
    inconclusive: int = 0
    locked: int = 0


def count_attempts(
    store: Store, period: Period, n_periods: int, speaker_id: int | None, now: datetime
) -> Sequence[AttemptCount]:
    """Count the attempts of the newest hours or days, as far as the audit log is kept.

    Args:
        store: whose audit log.
        period: hours or days of UTC.
        n_periods: how many of them, the current one included.
        speaker_id: whose attempts; None for everybody's.
        now: in UTC.

    Returns:
        One of each period, without gaps, oldest first. What was refused for other reasons than a
        lock (no model, another front end) is not counted.
    """
    newest = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if period == "day":
        newest = newest.replace(hour=0)
    starts = [newest - LENGTH[period] * back for back in reversed(range(n_periods))]
    counts = {_key(start, period): AttemptCount(start) for start in starts}
    with store.reading() as connection:
        found = audit_log.count_attempts(connection, starts[0], N_CHARACTERS[period], speaker_id)
    for key, outcome, number in found:
        if outcome in FIELD_OF and key in counts:
            told: dict[str, Any] = {FIELD_OF[outcome]: number}
            counts[key] = replace(counts[key], **told)
    return list(counts.values())


def _key(start: datetime, period: Period) -> str:
    return start.strftime("%Y-%m-%d %H")[: N_CHARACTERS[period]]
