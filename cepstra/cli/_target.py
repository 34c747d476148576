"""Where client commands go: a service, or the local store, by one wire format."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click
import httpx

from cepstra.cli._answer import Printer
from cepstra.cli._failures import UnusableServiceError
from cepstra.cli.checks.service import is_address, is_token
from cepstra.client import CepstraError, Client, RefusedError, Retry
from cepstra.exit_status import Exit

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


def client_command(function: Callable[..., Exit | None]) -> Callable[..., None]:
    """Give a command --url, --token and --json; it gets a session and may return a status."""

    @click.option("--url", envvar="CEPSTRA_URL", help="The service.  [default: the local store]")
    @click.option("--token", envvar="CEPSTRA_TOKEN", help="API key or session token for it.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @functools.wraps(function)
    def run(url: str | None, token: str | None, as_json: bool, **rest: Any) -> None:
        context = click.get_current_context()
        before = context.obj or {}
        answer = Printer(as_json or before.get("as_json", False))
        target = _opened(before.get("url") or url, before.get("token") or token)
        try:
            with target as (client, place):
                try:
                    status = function(ClientSession(client, answer, place), **rest)
                except RefusedError as error:  # another place may know the speaker or the key
                    raise UnusableServiceError(f"{error} ({place})") from error
        except CepstraError as error:
            raise UnusableServiceError(str(error)) from error
        context.exit(status or Exit.OK)

    return run


@contextmanager
def _opened(url: str | None, token: str | None) -> Iterator[tuple[Client, str]]:
    if url:
        with _remote(url, token) as client:
            yield client, url
        return
    from cepstra.cli import _local_store  # databases and models take a second to load

    application, place = _local_store.opened()
    with Client(LOCAL_URL, transport=httpx.WSGITransport(application)) as client:
        yield client, place


def _remote(url: str, token: str | None) -> Client:
    if not is_address(url):
        text = f"expected http://HOST or https://HOST, got {url}"
        raise click.BadParameter(text, None, None, "--url")
    if token and not is_token(token):
        text = "expected an API key or a session token, got characters that none has"
        raise click.BadParameter(text, None, None, "--token")
    return Client(url, token, retry=PATIENT)
