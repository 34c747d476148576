"""Keys of backends, kept as hashes: whoever reads the database cannot call with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from cepstra.store.tables import api_keys
from cepstra.store.tenancy import is_own, joined, tenant_of

_FIND = sa.select(api_keys).where(api_keys.c.key_hash == sa.bindparam("key_hash"))


@dataclass(frozen=True)
class ApiKey:
    """What is known about a key, without the key; tenant is "" where it is of none."""

    id: int
    name: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    tenant: str

    def is_valid(self, now: datetime) -> bool:
        """Tell whether the key opens anything at that time."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def add(
    connection: Connection,
    name: str,
    key_hash: bytes,
    scopes: frozenset[str],
    expires_at: datetime | None,
    tenant: str,
) -> int:
    """Keep a new key and return its number."""
    row = {"name": name, "key_hash": key_hash, "scopes": " ".join(sorted(scopes)), "tenant": tenant}
    added = sa.insert(api_keys).values(**row, expires_at=expires_at).returning(api_keys.c.id)
    return int(connection.execute(added).scalar_one())


def find(connection: Connection, key_hash: bytes) -> ApiKey | None:
    """Return the key of that hash, valid or not."""
    row = connection.execute(_FIND, {"key_hash": key_hash}).first()
    return _api_key(connection, row) if row else None


def everything(connection: Connection) -> list[ApiKey]:
    """Return all keys, oldest first; through a tenant's connection its own."""
    query = sa.select(api_keys).where(is_own(connection, api_keys.c.tenant)).order_by(api_keys.c.id)
    return [_api_key(connection, row) for row in connection.execute(query)]


def revoke(connection: Connection, number: int) -> str | None:
    """Close a key for good and return its tenant; None if there is no open one of that number."""
    still_open = sa.and_(api_keys.c.id == number, api_keys.c.revoked_at.is_(None))
    closed = sa.update(api_keys).where(still_open, is_own(connection, api_keys.c.tenant))
    revoked = closed.values(revoked_at=datetime.now(UTC)).returning(api_keys.c.tenant)
    tenant: str | None = connection.execute(revoked).scalar_one_or_none()
    return tenant


def _api_key(connection: Connection, row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name if tenant_of(connection) else joined(row.tenant, row.name),
        scopes=frozenset(row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        tenant=row.tenant,
    )
