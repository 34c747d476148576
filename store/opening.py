"""Open a database for use: keys, connection, layout, and that the keys fit."""

from __future__ import annotations

import sqlalchemy as sa

from store import key_register, migrate
from store.engine import Store
from store.keyring import keyring_for


def open_store(url: str, data_keys: str = "", key_file_allowed: bool = True) -> Store:
    """Return a store that is up to date and whose data can be read.

    Args:
        url: the database.
        data_keys: keys as text, the current one first; without, the key file beside SQLite's file.
        key_file_allowed: whether such a file will do.

    Raises:
        KeyringError: a key is missing, malformed, or not the one that was used.
    """
    store = Store(url, keyring_for(sa.make_url(url), data_keys, key_file_allowed))
    migrate.upgrade(store)
    key_register.check(store)
    return store
