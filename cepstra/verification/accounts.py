"""Accounts of people: a name, which is the speaker's alias, and a password."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from cepstra.store import Store, accounts, lockouts, speakers
from cepstra.store.accounts import Account
from cepstra.store.speakers import Speaker
from cepstra.verification import audit, lockout, ownership, password_rule
from cepstra.verification.errors import SpeakerExistsError, WrongPasswordError
from cepstra.verification.lockout import LockoutRule
from cepstra.verification.service import Service

# Argon2id as OWASP's password storage cheat sheet has it: 19 MiB, so that eight threads fit.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def create(service: Service, name: str, password: str) -> Speaker:
    """Add a speaker with an account.

    A speaker that exists, with or without an account, cannot be claimed, nor can the name of one
    who was deleted.

    Raises:
        SpeakerExistsError: the name is taken.
        WeakPasswordError: the password would be guessed.
    """
    password_rule.check(password, name)
    password_hash = HASHER.hash(password)
    with service.store.writing(synced=True) as connection:
        ownership.demand_unused(connection, name)
        speaker = speakers.create(connection, name)
        if speaker is None:
            raise SpeakerExistsError("name", ownership.TAKEN)
        accounts.add(connection, speaker.id, password_hash)
        audit.note(connection, service.origin, "create", speaker.id)
    return speaker


def sign_in(store: Store, rule: LockoutRule, name: str, password: str) -> Account:
    """Return the account that name and password open, in the same time whether it exists or not.

    Raises:
        WrongPasswordError: they open none.
        LockedOutError: too many were wrong lately, for this name.
    """
    with store.writing() as connection:
        lockout.charge(connection, rule, "password", name)
        lockouts.forget_old(connection, datetime.now(UTC))
    account = _open(store, name, password)
    with store.writing() as connection:
        lockout.settle(connection, rule, ("password", name), "accept")
    return account


def change_password(service: Service, name: str, password: str, new_password: str) -> Account:
    """Replace the password, and end every session of the account.

    Raises:
        WrongPasswordError: name and password open no account.
        LockedOutError: too many were wrong lately, for this name.
        WeakPasswordError: the new password would be guessed.
    """
    account = sign_in(service.store, service.security_policy.lockout, name, password)
    password_rule.check(new_password, name)
    new_hash = HASHER.hash(new_password)
    with service.store.writing(synced=True) as connection:
        if not accounts.change_password(connection, account, new_hash):
            raise WrongPasswordError("password", "the password was changed meanwhile")
        changed = accounts.find(connection, name)
        speaker = speakers.find(connection, name)
        audit.note(connection, service.origin, "password", speaker.id if speaker else None)
    if changed is None:
        raise WrongPasswordError("password", "the account was deleted meanwhile")
    return changed


def _open(store: Store, name: str, password: str) -> Account:
    with store.reading() as connection:
        account = accounts.find(connection, name)
    try:
        HASHER.verify(account.password_hash if account else _nobodys_hash(), password)
    except VerifyMismatchError:
        account = None
    if account is None:
        raise WrongPasswordError("password", "name and password do not belong together")
    return account


@cache
def _nobodys_hash() -> str:
    return HASHER.hash("nobody has this password, for its account is never returned")
