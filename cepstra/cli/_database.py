"""What commands on the database share: which one, opened for use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from cepstra.cli._failures import UnusableServiceError
from cepstra.config import Config
from cepstra.store import Store, open_store

database_option: Callable[[Any], Any] = click.option(
    "--database", help="Database URL.  [default: DATABASE_URL, else the embedded one]"
)


@contextmanager
def opened(
    config: Config, database: str | None, opens: Callable[[str, str, bool], Store] = open_store
) -> Iterator[Store]:
    """Open the database of the option, else that of the settings.

    Args:
        config: the settings.
        database: its URL by the option.
        opens: called with URL, DATA_KEYS and whether a key file will do.

    Raises:
        UnusableServiceError: it cannot be reached.
        click.ClickException: its key is missing.
    """
    url = database or config.database_url
    try:
        store = opens(url, config.data_keys, config.stays_here)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise UnusableServiceError(f"the database cannot be reached: {error.orig}") from error
    if config.webhook_url:
        store.announce_events()
    try:
        yield store
    finally:
        store.close()
