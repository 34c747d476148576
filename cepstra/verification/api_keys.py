"""Keys by which backends call: 32 random bytes, shown once, kept as SHA-256.

A plain hash is enough for them: unlike a password, 256 random bits cannot be guessed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cepstra.store import Store, api_keys
from cepstra.store.api_keys import ApiKey
from cepstra.store.tenancy import TENANT_RULE, is_tenant
from cepstra.verification import audit
from cepstra.verification.audit import Origin
from cepstra.verification.callers import KEY_PREFIX, KEY_SCOPES, Caller
from cepstra.verification.errors import ScopeNotHeldError, UnknownKeyError

PREFIX = "cepstra_"
KEY_BYTES = 32
COMMAND = Origin("cli")


@dataclass(frozen=True)
class NewKey:
    """A key as it is told once, and the number that it is revoked by."""

    key: str
    number: int


def create(
    store: Store,
    name: str,
    scopes: Collection[str],
    days: int | None,
    origin: Origin = COMMAND,
    tenant: str | None = None,
) -> NewKey:
    """Make a key and return it; nobody can read it again.

    Args:
        store: where its hash is kept.
        name: for people, to tell keys apart.
        scopes: some of KEY_SCOPES.
        days: until it expires; None for never.
        origin: who asks for it, for the audit log.
        tenant: whose speakers and keys it reaches, and no others; None for the store's own.

    Raises:
        ValueError: a scope is not one of KEY_SCOPES, or there is none; it is no name of a tenant.
    """
    tenant = store.tenant if tenant is None else tenant
    if tenant and not is_tenant(tenant):
        raise ValueError(f"expected a tenant of {TENANT_RULE}, got {tenant[:80]!r}")
    if not scopes or not set(scopes) <= set(KEY_SCOPES):
        raise ValueError(f"expected some of {', '.join(KEY_SCOPES)}, got {sorted(scopes)}")
    key = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with store.writing(synced=True) as connection:
        number = api_keys.add(connection, name, _hash(key), frozenset(scopes), expires_at, tenant)
        text = f"key {number} made: {' '.join(sorted(scopes))}"
        audit.note(connection, replace(origin, tenant=tenant), "key", None, reason=text)
    return NewKey(key, number)


def demand_held(caller: Caller, scopes: Collection[str], tenant: str | None = None) -> None:
    """Refuse to hand out what a caller may not do: a key makes none that opens more than itself.

    Raises:
        ScopeNotHeldError: a scope is not the caller's, or the caller is of another tenant.
    """
    if caller.tenant and tenant not in (None, caller.tenant):
        raise ScopeNotHeldError("tenant", "expected the tenant of your own key, or none")
    if beyond := sorted(set(scopes) - caller.scopes):
        text = f"expected scopes that your own key holds, got {', '.join(beyond)} too"
        raise ScopeNotHeldError("scopes", text)


def identify(store: Store, key: str) -> Caller | None:
    """Return who calls with that key; None if it opens nothing."""
    with store.reading() as connection:
        found = api_keys.find(connection, _hash(key))
    if found is None or not found.is_valid(datetime.now(UTC)):
        return None
    return Caller(f"{KEY_PREFIX}{found.id}", found.scopes, tenant=found.tenant)


def everything(store: Store) -> Sequence[ApiKey]:
    """Return what is known about all keys."""
    with store.reading() as connection:
        return api_keys.everything(connection)


def revoke(store: Store, number: int, origin: Origin = COMMAND) -> None:
    """Close a key for good.

    Raises:
        UnknownKeyError: there is no open one of that number.
    """
    with store.writing(synced=True) as connection:
        tenant = api_keys.revoke(connection, number)
        if tenant is None:
            raise UnknownKeyError("key", f"there is no open key {number}")
        origin = replace(origin, tenant=tenant)
        audit.note(connection, origin, "key", None, reason=f"key {number} revoked")


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
