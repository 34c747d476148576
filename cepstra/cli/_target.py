"""Where client commands go: a service, or the local store, by one wire format."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import click
import httpx
import sqlalchemy as sa

from cepstra.cli._answer import Exit, Printer, UnusableServiceError, translated_errors
from cepstra.client import Client, Retry
from cepstra.config import Config, SettingError
from cepstra.server import start_up
from cepstra.store.keyring import KeyringError

LOCAL_URL = "http://127.0.0.1"
PATIENT = Retry(longest_pause_s=65.0)  # the longest that a rate limit of the service asks for


@dataclass(frozen=True)
class ClientSession:
    """What a client command works with.

    Attributes:
        client: makes the calls.
        answer: prints.
        place: of the service or store, for people.
    """

    client: Client
    answer: Printer
    place: str


def client_command(function: Callable[..., Exit]) -> Callable[..., None]:
    """Give a command --url, --token and --json; it gets a Session and returns its exit status."""

    @click.option("--url", envvar="CEPSTRA_URL", help="The service.  [default: the local store]")
    @click.option("--token", envvar="CEPSTRA_TOKEN", help="API key or session token for it.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @functools.wraps(function)
    def run(url: str | None, token: str | None, as_json: bool, **rest: Any) -> None:
        context = click.get_current_context()
        before = context.obj or {}
        answer = Printer(as_json or before.get("as_json", False))
        target = _opened(before.get("url") or url, before.get("token") or token)
        with translated_errors(), target as (client, place):
            status = function(ClientSession(client, answer, place), **rest)
        context.exit(status)

    return run


@contextmanager
def _opened(url: str | None, token: str | None) -> Iterator[tuple[Client, str]]:
    if url:
        with _remote(url, token) as client:
            yield client, url
        return
    config = _local_config()
    transport = httpx.WSGITransport(_application(config))
    with Client(LOCAL_URL, transport=transport) as client:
        yield client, sa.make_url(config.database_url).render_as_string()


def _remote(url: str, token: str | None) -> Client:
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter(
            f"expected http://HOST or https://HOST, got {url}", None, None, "--url"
        )
    return Client(url, token, retry=PATIENT)


def _local_config() -> Config:
    """Return the settings, as of somebody who may open the database: auth guards the network."""
    try:
        config = Config.from_environment()
    except SettingError as error:
        raise click.UsageError(str(error)) from error
    lines = "none" if config.audit_log == "stdout" else config.audit_log  # stdout is the result's
    return replace(config, host="127.0.0.1", dyno="", auth="off", audit_log=lines)


def _application(config: Config) -> Any:
    from cepstra.api import create_app  # the verifiers take a second to load

    try:
        start_up.prepare_database(config)
        return create_app(config)
    except (SettingError, KeyringError) as error:
        raise click.UsageError(str(error)) from error
    except sa.exc.SQLAlchemyError as error:
        place = sa.make_url(config.database_url).render_as_string()
        text = f"{place} cannot be opened: {getattr(error, 'orig', None) or error}"
        raise UnusableServiceError(text) from error
