"""`rotate-key`: put a fresh signing key before the current one."""

from __future__ import annotations

import click

from cepstra.config import Config
from cepstra.verification.signing import SigningKeys


@click.command("rotate-key")
def command() -> None:
    """Print a new SIGNING_KEYS line made from the one in the environment.

    The new key signs from the next start on; the one before it stays good for checking, so
    nobody is signed out; older ones are forgotten. Set the line for every process and restart.
    """
    try:
        keys = SigningKeys.from_text(Config.from_environment().signing_keys)
    except ValueError as error:
        raise click.ClickException(f"SIGNING_KEYS: {error}") from None
    if keys.current is None:
        raise click.ClickException("SIGNING_KEYS is not set: `make-secrets` prints the first one")
    click.echo(f"SIGNING_KEYS={keys.rotated().to_text()}")
