"""`make-data-key`: print a new key for DATA_KEYS."""

from __future__ import annotations

import click

from cepstra.store.keyring import make_key


@click.command("make-data-key")
def command() -> None:
    """Print a random key for AES-256-GCM; it is kept nowhere."""
    click.echo(make_key())
