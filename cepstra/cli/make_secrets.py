"""`make-secrets`: print fresh secrets for a service that others call, as NAME=VALUE lines."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

import click

from cepstra.store.keyring import make_key
from cepstra.verification.signing import fresh_key

FRESH: Mapping[str, Callable[[], str]] = {
    "DATA_KEYS": make_key,
    "SIGNING_KEYS": lambda: fresh_key().to_text(),
    "METRICS_TOKEN": lambda: secrets.token_urlsafe(32),
}


@click.command("make-secrets")
def command() -> None:
    """Print NAME=VALUE lines; keep them where the service reads its environment, nowhere else.

    Nothing is stored: run again, it prints others.
    """
    for name, make in FRESH.items():
        click.echo(f"{name}={make()}")
