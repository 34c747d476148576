"""After repeated rejections, wait: twice as long each time. Counted before it is known.

An attempt counts as rejected from its beginning and is forgiven when it turns out otherwise, so
that many attempts at once get no further than one after another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from cepstra.store import Store, lockouts
from cepstra.store.lockouts import Kind, Lockout
from cepstra.verification.decision import Decision
from cepstra.verification.errors import LockedOutError

LONGEST_DELAY = timedelta(days=1)
LARGEST_OFFSET = 3.0


@dataclass(frozen=True)
class LockoutRule:
    """When to lock.

    Attributes:
        after: rejections in a row that lock.
        first_delay_s: seconds of the first wait; each further rejection doubles it, up to a day.
        counts_inconclusive: too little speech to decide counts like a rejection.
    """

    after: int = 5
    first_delay_s: int = 30
    counts_inconclusive: bool = False

    @property
    def counted(self) -> Sequence[Decision]:
        """Return which decisions count."""
        return ("reject", "inconclusive") if self.counts_inconclusive else ("reject",)

    def delay(self, rejects: int) -> timedelta | None:
        """Return how long to wait after so many rejections in a row; None before the first."""
        if rejects < self.after:
            return None
        delay_s = self.first_delay_s * 2 ** min(rejects - self.after, 32)
        return timedelta(seconds=min(delay_s, LONGEST_DELAY.total_seconds()))

    def threshold_offset(self, tries: int) -> float:
        """Return by how much the last of so many tries in a row must exceed the threshold.

        By nothing before a lock, then by 1 more with each try. An impostor reaches a natural
        log-likelihood ratio of t with a probability of at most exp(-t), so those tries together
        pass less often than one before the lock. At most by 3: whoever is attacked can still get
        in. Source of the bound: Wald, "Sequential Analysis", 1947, section 3.2.
        """
        return min(LARGEST_OFFSET, max(0.0, tries - self.after))


def refuse_locked(connection: Connection, kind: Kind, alias: str) -> None:
    """Refuse while locked.

    Raises:
        LockedOutError: for how long still.
    """
    _refuse_locked(kind, lockouts.find(connection, kind, alias), datetime.now(UTC))


def charge(connection: Connection, rule: LockoutRule, kind: Kind, alias: str) -> int:
    """Count a rejection before it is known, to be settled; return how many that makes in a row.

    Raises:
        LockedOutError: there may be no attempt now.
    """
    now = datetime.now(UTC)
    counted = lockouts.lock(connection, kind, alias, now, rejects=1)
    _refuse_locked(kind, counted, now)
    if delay := rule.delay(counted.rejects):
        lockouts.save(connection, kind, alias, Lockout(counted.rejects, now + delay), now)
    return counted.rejects


@contextmanager
def charged(store: Store, rule: LockoutRule, kind: Kind, alias: str) -> Iterator[int]:
    """Count what happens inside as a rejection until it is settled; an error forgives it.

    Yields how many that makes in a row.

    Raises:
        LockedOutError: it may not happen now.
    """
    with store.writing() as connection:
        tries = charge(connection, rule, kind, alias)
    with forgiving_errors(store, rule, kind, alias):
        yield tries


@contextmanager
def forgiving_errors(store: Store, rule: LockoutRule, kind: Kind, alias: str) -> Iterator[None]:
    """Take back the charge of what happens inside where that ends with an error."""
    try:
        yield
    except BaseException:
        with store.writing() as connection:
            settle(connection, rule, (kind, alias), None)
        raise


def settle(
    connection: Connection,
    rule: LockoutRule,
    whose: tuple[Kind, str],
    decision: Decision | None,
    clears: bool = True,
) -> None:
    """Tell what became of a charged attempt, in the transaction that keeps its outcome.

    Args:
        connection: of that transaction.
        rule: says what counts.
        whose: kind and alias, as charged.
        decision: what counts by the rule stays charged; anything else takes its charge back.
        clears: an accept forgets all rejections; else it only takes its own charge back.
    """
    now = datetime.now(UTC)
    if decision == "accept" and clears:
        lockouts.clear(connection, *whose)
        return
    if decision not in rule.counted:
        rejects = lockouts.lock(connection, *whose, now).rejects
        lockouts.save(connection, *whose, Lockout(max(0, rejects - 1)), now)
    lockouts.forget_old(connection, now)  # where a row stays, so that they do not pile up


def _refuse_locked(kind: Kind, lockout: Lockout, now: datetime) -> None:
    if lockout.locked_until is None or lockout.locked_until <= now:
        return
    wait_s = math.ceil((lockout.locked_until - now).total_seconds())
    text = f"too many rejected attempts: try again in {wait_s} s"
    raise LockedOutError("speaker" if kind == "voice" else "name", text, wait_s)
