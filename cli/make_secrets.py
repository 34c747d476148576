"""`make-secrets`: print fresh secrets for a service with auth on, as lines for its environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from verification.signing import fresh_key

FRESH: Mapping[str, Callable[[], str]] = {"SIGNING_KEYS": lambda: fresh_key().to_text()}


@click.command("make-secrets")
def command() -> None:
    """Print NAME=VALUE lines; keep them where the service reads its environment, nowhere else.

    Nothing is stored: run again, it prints others.
    """
    for name, make in FRESH.items():
        click.echo(f"{name}={make()}")
