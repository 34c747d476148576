"""Tenants: groups of speakers and keys that never meet.

A tenant's speaker is kept under `TENANT/NAME`, for no name holds a '/'. A connection of a tenant's
store carries the tenant, and the store maps names on their way in and out here: whatever asks
through it sees and names its own speakers alone, by their plain names. A store of no tenant lists
everybody, the tenants' by whole names, but compares voices of those without a tenant alone.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

TENANT = "tenant"  # among the execution options of a connection
LONGEST_TENANT = 32
TENANT_RULE = "1 to 32 of letters a to z, digits and '-', a letter or digit first"
TENANT_PATTERN = "[a-z0-9][a-z0-9-]{0,31}"
SEPARATOR = "/"


def is_tenant(text: str) -> bool:
    """Tell whether a tenant may be called so."""
    return re.fullmatch(TENANT_PATTERN, text) is not None


def joined(tenant: str, name: str) -> str:
    """Return the whole name of what a tenant calls by a plain one; "" is no tenant."""
    return f"{tenant}{SEPARATOR}{name}" if tenant else name


def parted(whole_name: str) -> tuple[str, str]:
    """Return tenant, "" for none, and plain name."""
    tenant, separator, name = whole_name.partition(SEPARATOR)
    return (tenant, name) if separator else ("", whole_name)


def tenant_of(connection: Connection | Engine) -> str:
    """Return whose connection, or engine, it is; "" without a tenant."""
    tenant: str = connection.get_execution_options().get(TENANT, "")
    return tenant


def kept_name(connection: Connection, name: str) -> str:
    """Return the name in the database of what is called so through this connection."""
    return joined(tenant_of(connection), name)


def told_name(connection: Connection, kept: str) -> str:
    """Return what a name in the database is called through this connection."""
    tenant, name = parted(kept)
    return name if tenant == tenant_of(connection) else kept


def is_in_view(connection: Connection, kept: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Condition of a list: what is the tenant's; everything without a tenant."""
    return is_in_group(connection, kept) if tenant_of(connection) else sa.true()


def is_own(connection: Connection, tenant: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Condition of a list of rows that name their tenant: its own; everything without a tenant."""
    own = tenant_of(connection)
    return tenant == own if own else sa.true()


def is_in_group(connection: Connection, kept: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Condition of a comparison of voices: what is the tenant's; without, what is no tenant's."""
    beginning = kept_name(connection, "")
    if not beginning:
        return ~kept.contains(SEPARATOR)
    return sa.func.substr(kept, 1, len(beginning)) == beginning
