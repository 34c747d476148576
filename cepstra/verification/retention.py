"""How long data are kept: speakers nobody has used for a while, and old audit entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cepstra.store import Store, audit_log, erasure, speakers
from cepstra.verification.audit import Origin
from cepstra.verification.speakers import forget

BATCH = 100


@dataclass(frozen=True)
class Retention:
    """Days after which data go; 0 keeps them.

    Attributes:
        speaker_days: without training, reference, attempt or consent.
        audit_days: since an audit entry was made.
    """

    speaker_days: int
    audit_days: int


@dataclass(frozen=True)
class Removed:
    """How much was deleted."""

    n_speakers: int
    n_audit_entries: int


def apply(store: Store, origin: Origin, retention: Retention) -> Removed:
    """Delete what has been kept long enough."""
    removed = Removed(
        _remove_speakers(store, origin, retention.speaker_days),
        _remove_audit_entries(store, retention.audit_days),
    )
    if removed.n_speakers or removed.n_audit_entries:
        erasure.flush_journal(store)
    return removed


def _remove_speakers(store: Store, origin: Origin, days: int) -> int:
    n_removed, more = 0, days > 0
    while more:
        with store.writing() as connection:
            unused = speakers.lock_unused(connection, _days_ago(days), BATCH)
            for speaker in unused:
                forget(connection, origin, speaker.alias, reason="retention")
        n_removed += len(unused)
        more = len(unused) == BATCH
    return n_removed


def _remove_audit_entries(store: Store, days: int) -> int:
    if days <= 0:
        return 0
    with store.writing() as connection:
        return audit_log.delete_before(connection, _days_ago(days))


def _days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)
