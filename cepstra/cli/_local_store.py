"""The service in the process of a command, on the store that the settings name."""

from __future__ import annotations

from dataclasses import replace

import click
import sqlalchemy as sa
from flask import Flask

from cepstra.api import create_app
from cepstra.cli._answer import UnusableServiceError
from cepstra.config import Config, SettingError
from cepstra.server import start_up
from cepstra.store.engine import parse_url
from cepstra.store.keyring import KeyringError


def opened() -> tuple[Flask, str]:
    """Return the service on its store, brought up to date, and where that is, for people.

    Raises:
        click.UsageError: a setting is wrong.
        UnusableServiceError: the database cannot be opened.
    """
    config = _config()
    place = sa.make_url(config.database_url).render_as_string()
    try:
        start_up.prepare_database(config)
        return create_app(config), place
    except (SettingError, KeyringError) as error:
        raise click.UsageError(str(error)) from error
    except sa.exc.SQLAlchemyError as error:
        text = f"{place} cannot be opened: {getattr(error, 'orig', None) or error}"
        raise UnusableServiceError(text) from error


def _config() -> Config:
    """Return the settings, as of somebody who may open the database: auth guards the network."""
    try:
        config = Config.from_environment()
        parse_url(config.database_url)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    lines = "none" if config.audit_log == "stdout" else config.audit_log  # stdout is the result's
    return replace(config, host="127.0.0.1", dyno="", auth="off", audit_log=lines)
