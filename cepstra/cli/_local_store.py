"""The service in the process of a command, on the store that the settings name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask

from cepstra.api import create_app
from cepstra.cli._failures import UnusableServiceError
from cepstra.config import Config
from cepstra.server import start_up
from cepstra.store.availability import cause


def opened() -> tuple[Flask, str]:
    """Return the service on its store, brought up to date, and where that is, for people.

    Raises:
        click.UsageError: a setting is wrong.
        UnusableServiceError: the database cannot be opened.
    """
    try:
        config = _config()
        start_up.prepare_database(config)
        return create_app(config), _place(config)
    except ValueError as error:  # a setting, the URL or a key
        raise click.UsageError(str(error)) from error
    except sa.exc.SQLAlchemyError as error:
        why = cause(error) if isinstance(error, sa.exc.DBAPIError) else error
        text = f"{_place(config)} cannot be opened: {why}"
        raise UnusableServiceError(text) from error


def _config() -> Config:
    """Return the settings, as of somebody who may open the database: auth guards the network."""
    config = Config.from_environment()
    lines = "none" if config.audit_log == "stdout" else config.audit_log  # stdout is the result's
    return replace(config, host="127.0.0.1", dyno="", auth="off", audit_log=lines)


def _place(config: Config) -> str:
    """Return the database's URL, a file's from the root on: in another folder it is another."""
    url = sa.make_url(config.database_url)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(Path(url.database).absolute()))
    return url.render_as_string()
