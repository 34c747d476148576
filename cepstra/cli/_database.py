"""What commands on the database share: which one, opened for use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from cepstra.config import Config
from cepstra.store import Store, open_store

database_option: Callable[[Any], Any] = click.option(
    "--database", help="Database URL.  [default: DATABASE_URL, else the embedded one]"
)


@contextmanager
def opened(config: Config, database: str | None) -> Iterator[Store]:
    """Open the database of the option, else that of the settings.

    Raises:
        click.ClickException: it cannot be reached, or its key is missing.
    """
    url = database or config.database_url
    try:
        store = open_store(url, config.data_keys, config.stays_here)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise click.ClickException(f"the database cannot be reached: {error.orig}") from error
    if config.webhook_url:
        store.announce_events()
    try:
        yield store
    finally:
        store.close()
