"""What commands on the database share: which one, opened for use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from cepstra.cli._failures import UnusableServiceError
from cepstra.config import Config
from cepstra.store import Store, open_store
from cepstra.store.availability import cause

database_option: Callable[[Any], Any] = click.option(
    "--database", help="Database URL.  [default: DATABASE_URL, else the embedded one]"
)


@contextmanager
def opened(
    database: str | None = None, opens: Callable[[str, str, bool], Store] = open_store
) -> Iterator[Store]:
    """Open the database of the option, else that of the settings.

    Args:
        database: its URL by the option.
        opens: called with URL, DATA_KEYS and whether a key file will do.

    Raises:
        SettingError: a setting is wrong.
        UnusableServiceError: it cannot be opened, or fails under way.
        click.ClickException: its key is missing, or a newer version made it.
    """
    config = Config.from_environment()
    try:
        store = opens(database or config.database_url, config.data_keys, config.stays_here)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise UnusableServiceError(f"the database cannot be opened: {cause(error)}") from error
    if config.webhook_url:
        store.announce_events()
    try:
        yield store
    except OperationalError as error:
        raise UnusableServiceError(f"the database failed: {cause(error)}") from error
    finally:
        store.close()
