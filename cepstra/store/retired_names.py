"""Names of deleted speakers, as hashes: whoever comes next under one must not be taken for them."""

from __future__ import annotations

import hashlib
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.engine import upsert
from cepstra.store.tables import retired_names
from cepstra.store.tenancy import kept_name

Owner = Literal["account", "service"]

# Memory-hard (4 MiB, some 10 ms), so that names are slow to guess from a stolen database. The salt
# is fixed, because a name has to be found again without knowing its row.
SALT, COST = b"cepstra retired name", 2**12


def retire(connection: Connection, alias: str, owner: Owner) -> None:
    """Note that a speaker of that name was deleted; of two owners the account stays noted."""
    row = {"name_hash": _hash(kept_name(connection, alias)), "owner": owner}
    added = upsert(connection.dialect.name, retired_names).values(row)
    if owner == "account":
        connection.execute(
            added.on_conflict_do_update(index_elements=["name_hash"], set_={"owner": owner})
        )
    else:
        connection.execute(added.on_conflict_do_nothing())


def last_owner(connection: Connection, alias: str) -> Owner | None:
    """Return whose the deleted speaker of that name was; None where there was none."""
    if connection.execute(sa.select(retired_names.c.owner).limit(1)).first() is None:
        return None
    name_hash = _hash(kept_name(connection, alias))
    query = sa.select(retired_names.c.owner).where(retired_names.c.name_hash == name_hash)
    owner: Owner | None = connection.execute(query).scalar_one_or_none()
    return owner


def _hash(name: str) -> str:
    return hashlib.scrypt(name.encode(), salt=SALT, n=COST, r=8, p=1, dklen=32).hex()
