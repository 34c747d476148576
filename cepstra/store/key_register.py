"""Which keys the database's data are sealed with, so that a lost key is noticed at start-up."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy import Connection

from cepstra.store.encryption import keyring_of
from cepstra.store.engine import Store, upsert
from cepstra.store.keyring import KeyringError, key_file, parse_keys
from cepstra.store.tables import data_keys

PLAIN, COPYING = "plain", "copying"  # no ids of keys, but states that a start-up must notice


def check(store: Store) -> None:
    """Refuse a database whose data the keys at hand cannot open; note the current key.

    Raises:
        KeyringError: a key is missing, there are data from before they were sealed, or the
            database is a copy that is not complete.
    """
    refuse_unfinished(store)
    with store.reading() as connection:
        used = registered(connection)
    if PLAIN in used:
        text = "the database holds data that are not encrypted yet"
        raise KeyringError(f"{text}; run `cepstra rotate-data-key --accept-plain` once")
    if missing := sorted(key for key in used if bytes.fromhex(key) not in store.keyring):
        text = f"the database holds data sealed with key {', '.join(missing)}, which is not at hand"
        raise KeyringError(f"DATA_KEYS: {text}; {_mend(store, missing)}")
    if store.keyring.current.id.hex() not in used:
        with store.writing() as connection:
            note_current(connection)


def _mend(store: Store, missing: Sequence[str]) -> str:
    path = key_file(store.engine.url)
    if path and path.exists():
        with suppress(ValueError):  # a file that cannot be read as keys has it not
            keys = parse_keys(path.read_text(encoding="ascii"), str(path))
            if all(bytes.fromhex(key) in keys for key in missing):
                return f"{path} has it: put it behind the current one"
    return "set it as where the data were sealed, or put it behind the current one"


def refuse_unfinished(store: Store) -> None:
    """Refuse a copy that is not complete.

    Raises:
        KeyringError: it is one.
    """
    with store.reading() as connection:
        if COPYING in registered(connection):
            text = "the database is a copy that is not complete"
            raise KeyringError(f"{text}; run `cepstra copy-store` again to finish it")


def registered(connection: Connection) -> set[str]:
    """Return the ids, in hexadecimal, of the keys that data may be sealed with."""
    return set(connection.execute(sa.select(data_keys.c.key_id)).scalars())


def note_current(connection: Connection) -> None:
    """Add the current key to the register, in the transaction of what is sealed with it.

    A rotation takes keys off that nothing is sealed with, and a worker that was not started anew
    for it goes on with one of them.
    """
    row = {"key_id": keyring_of(connection).current.id.hex()}
    connection.execute(
        upsert(connection.dialect.name, data_keys).values(row).on_conflict_do_nothing()
    )


def forget(connection: Connection, key_id: str) -> None:
    """Take one entry off the register."""
    connection.execute(sa.delete(data_keys).where(data_keys.c.key_id == key_id))


def forget_all_but(connection: Connection, key_id: str) -> None:
    """Take keys off the register that nothing is sealed with any more."""
    connection.execute(sa.delete(data_keys).where(data_keys.c.key_id != key_id))
