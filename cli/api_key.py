"""`api-key`: create, list and revoke the keys by which backends call."""

from __future__ import annotations

import click

from config import Config
from store import Store, open_store
from store.keyring import KeyringError
from verification import api_keys
from verification.callers import KEY_SCOPES


def _store() -> Store:
    config = Config.from_environment()
    try:
        return open_store(config.database_url, config.data_keys, config.stays_here)
    except KeyringError as error:
        raise click.ClickException(str(error)) from error


@click.group("api-key")
def command() -> None:
    """Create, list and revoke API keys, in the database that DATABASE_URL names."""


@command.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(KEY_SCOPES),
    help="What the key may do; repeat for more.",
)
@click.option("--days", type=click.IntRange(min=1), help="Days until it expires.  [default: never]")
def create(name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Print a new key, once; only its hash is kept. NAME tells it from others."""
    click.echo(api_keys.create(_store(), name, scopes, days))


@command.command("list")
def list_keys() -> None:
    """List all keys: number, name, scopes, state; never the keys themselves."""
    for key in api_keys.everything(_store()):
        ends = f"expires {key.expires_at:%Y-%m-%d}" if key.expires_at else "no expiry"
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else ends
        click.echo(f"{key.id}\t{key.name}\t{' '.join(sorted(key.scopes))}\t{state}")


@command.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Close the key of that NUMBER for good."""
    if not api_keys.revoke(_store(), number):
        raise click.ClickException(f"there is no open key {number}")
    click.echo(f"key {number} is revoked")
