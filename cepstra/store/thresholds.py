"""Thresholds that operators adopted in place of the shipped one; the newest of a system counts.

A tenant's own goes before the one that was adopted for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.tables import thresholds
from cepstra.store.tenancy import tenant_of

_OF_SYSTEM = thresholds.c.system == sa.bindparam("of_system")
_NEWEST = (  # built once: every attempt runs it
    sa.select(thresholds.c.threshold, thresholds.c.created_at)
    .where(_OF_SYSTEM, thresholds.c.tenant.in_(("", sa.bindparam("of_tenant"))))
    .order_by(thresholds.c.tenant.desc(), thresholds.c.id.desc())
    .limit(1)
)
_OWN = sa.and_(_OF_SYSTEM, thresholds.c.tenant == sa.bindparam("of_tenant"))
_OWN_NEWEST = (
    sa.select(thresholds.c.threshold).where(_OWN).order_by(thresholds.c.id.desc()).limit(1)
)
_NEWEST_ID = sa.select(sa.func.max(thresholds.c.id)).where(_OWN).scalar_subquery()
_UNDO = sa.delete(thresholds).where(thresholds.c.id == _NEWEST_ID)


@dataclass(frozen=True)
class Adopted:
    """The least log-likelihood ratio, less allowances, that is accepted; and since when."""

    threshold: float
    created_at: datetime


def find(connection: Connection, system: str) -> Adopted | None:
    """Return what was adopted last for a system; None where the shipped threshold holds."""
    row = connection.execute(_NEWEST, _of(connection, system)).first()
    return Adopted(*row) if row else None


def in_force(connection: Connection, system: str) -> float | None:
    """Return the threshold adopted last; None where the shipped one holds."""
    adopted = find(connection, system)
    return adopted.threshold if adopted else None


def adopt(connection: Connection, system: str, threshold: float) -> None:
    """Let a threshold hold from the commit on; the same again changes nothing."""
    if connection.execute(_OWN_NEWEST, _of(connection, system)).scalar() == threshold:
        return
    row = {"system": system, "threshold": threshold, "tenant": tenant_of(connection)}
    connection.execute(sa.insert(thresholds).values(row))


def undo(connection: Connection, system: str) -> bool:
    """Forget what was adopted last, so that the one before holds; False where there is none."""
    return connection.execute(_UNDO, _of(connection, system)).rowcount > 0


def of_others(connection: Connection, system: str) -> bool:
    """Tell whether thresholds are kept that were adopted for other systems only."""
    systems = set(connection.execute(sa.select(thresholds.c.system).distinct()).scalars())
    return bool(systems) and system not in systems


def _of(connection: Connection, system: str) -> dict[str, str]:
    return {"of_system": system, "of_tenant": tenant_of(connection)}
