"""How long data are kept: speakers nobody has used for a while, audit entries, answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cepstra.store import Store, audit_log, challenges, erasure, fingerprints, speakers
from cepstra.verification.audit import Origin
from cepstra.verification.speakers import forget

BATCH = 100


@dataclass(frozen=True)
class Retention:
    """Days after which data go; 0 keeps them.

    Attributes:
        speaker_days: without training, reference, attempt or consent.
        audit_days: since an audit entry was made.
        answer_days: since an answer was given that later ones are compared with.
    """

    speaker_days: int
    audit_days: int
    answer_days: int = 0


@dataclass(frozen=True)
class Removed:
    """How much was deleted."""

    n_speakers: int
    n_audit_entries: int
    n_answers: int = 0


def apply(store: Store, origin: Origin, retention: Retention) -> Removed:
    """Delete what has been kept long enough, and challenges whose time is over."""
    removed = Removed(
        _remove_speakers(store, origin, retention.speaker_days),
        _remove_audit_entries(store, retention.audit_days),
        _remove_answers(store, retention.answer_days),
    )
    if any(vars(removed).values()):
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


def _remove_answers(store: Store, days: int) -> int:
    with store.writing() as connection:
        challenges.close_expired(connection, datetime.now(UTC))
        return fingerprints.delete_before(connection, _days_ago(days)) if days > 0 else 0


def _days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)
