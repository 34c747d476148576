"""Accounts of people, one a speaker, and the tokens that were taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.engine import upsert
from cepstra.store.tables import accounts, revoked_tokens, speakers
from cepstra.store.tenancy import kept_name, told_name

_ACCOUNT = sa.select(
    accounts.c.id, speakers.c.alias, accounts.c.password_hash, accounts.c.password_version
).join_from(accounts, speakers)
_BY_NAME = _ACCOUNT.where(speakers.c.alias == sa.bindparam("alias"))
_OF_TOKEN = _ACCOUNT.where(
    accounts.c.id == sa.bindparam("account_id"),
    accounts.c.password_version == sa.bindparam("version"),
    ~sa.exists().where(revoked_tokens.c.jti == sa.bindparam("jti")),
)


@dataclass(frozen=True)
class Account:
    """An account; its name is the speaker's alias, its password the version-th that it has."""

    id: int
    alias: str
    password_hash: str
    password_version: int


def add(connection: Connection, speaker_id: int, password_hash: str) -> None:
    """Give the speaker an account."""
    row = {"speaker_id": speaker_id, "password_hash": password_hash}
    connection.execute(sa.insert(accounts).values(row))


def find(connection: Connection, alias: str) -> Account | None:
    """Return the account of that name."""
    row = connection.execute(_BY_NAME, {"alias": kept_name(connection, alias)}).first()
    return _account(connection, row) if row else None


def change_password(connection: Connection, account: Account, password_hash: str) -> bool:
    """Replace the password as long as it is still the one of `account`; its tokens end."""
    mine = sa.and_(
        accounts.c.id == account.id, accounts.c.password_version == account.password_version
    )
    values = {"password_hash": password_hash, "password_version": account.password_version + 1}
    return connection.execute(sa.update(accounts).where(mine).values(values)).rowcount > 0


def owns(connection: Connection, speaker_id: int) -> bool:
    """Tell whether the speaker has an account."""
    query = sa.select(accounts.c.id).where(accounts.c.speaker_id == speaker_id)
    return connection.execute(query).first() is not None


def of_token(connection: Connection, account_id: int, version: int, jti: str) -> Account | None:
    """Return the account, unless it is gone, has another password, or the token was taken back."""
    wanted = {"account_id": account_id, "version": version, "jti": jti}
    row = connection.execute(_OF_TOKEN, wanted).first()
    return _account(connection, row) if row else None


def revoke_token(connection: Connection, jti: str, expires_at: datetime, now: datetime) -> None:
    """Take a token back, and forget those that have expired by now."""
    expired = sa.delete(revoked_tokens).where(revoked_tokens.c.expires_at < now)
    connection.execute(expired)
    taken_back = upsert(connection.dialect.name, revoked_tokens).values(
        jti=jti, expires_at=expires_at
    )
    connection.execute(taken_back.on_conflict_do_nothing())


def _account(connection: Connection, row: Sequence[Any]) -> Account:
    number, alias, *rest = row
    return Account(number, told_name(connection, alias), *rest)
