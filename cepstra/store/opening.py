"""Open a database for use: keys, connection, layout, and that the keys fit."""

from __future__ import annotations

from cepstra.store import key_register, migrate
from cepstra.store.engine import POOL_SIZE, Store, parse_url
from cepstra.store.keyring import keyring_for


def open_store(url: str, data_keys: str = "", key_file_allowed: bool = True) -> Store:
    """Return a store that is up to date and whose data can be read.

    Args:
        url: the database.
        data_keys: keys as text, the current one first; without, the key file beside SQLite's file.
        key_file_allowed: whether such a file will do.

    Raises:
        KeyringError: a key is missing, malformed, or not the one that was used.
        UnknownLayoutError: a newer version made it.
        ValueError: the URL is of no database that is known, or there can be no folder for it.
        sqlalchemy.exc.OperationalError: the database cannot be reached.
    """
    store = connect(url, data_keys, key_file_allowed)
    prepare(store)
    return store


def connect(
    url: str, data_keys: str = "", key_file_allowed: bool = True, pool_size: int = POOL_SIZE
) -> Store:
    """Return a store as `open_store` does, but leave the database alone until it is asked.

    `pool_size` is of connections to PostgreSQL, at most.

    Raises:
        KeyringError: a key is missing or malformed.
        ValueError: the URL is of no database that is known, or there can be no folder for it.
    """
    keyring = keyring_for(parse_url(url), data_keys, key_file_allowed)
    return Store(url, keyring, pool_size)


def prepare(store: Store) -> None:
    """Bring the database up to date and see that its data can be read.

    Raises:
        KeyringError: a key is missing or not the one that was used.
        UnknownLayoutError: a newer version made it.
        sqlalchemy.exc.OperationalError: the database cannot be reached.
    """
    migrate.upgrade(store)
    key_register.check(store)
