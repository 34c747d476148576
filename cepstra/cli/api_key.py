"""`api-key`: create, list and revoke the keys by which backends call."""

from __future__ import annotations

import click

from cepstra.cli._database import opened
from cepstra.cli._options import PlainName
from cepstra.verification import api_keys
from cepstra.verification.callers import KEY_SCOPES
from cepstra.verification.errors import UnknownKeyError


@click.group("api-key")
def command() -> None:
    """Create, list and revoke API keys, in the database that DATABASE_URL names."""


@command.command()
@click.argument("name", type=PlainName())
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(KEY_SCOPES),
    help="What the key may do; repeat for more.",
)
@click.option(
    "--days", type=click.IntRange(1, 36_500), help="Days until it expires.  [default: never]"
)
@click.option(
    "--tenant",
    default="",
    show_default="those of none",
    help="Whose speakers and keys it reaches.",
)
def create(name: str, scopes: tuple[str, ...], days: int | None, tenant: str) -> None:
    """Print a new key, once; only its hash is kept. NAME tells it from others."""
    with opened() as store:
        try:
            click.echo(api_keys.create(store, name, scopes, days, tenant=tenant).key)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--tenant") from None


@command.command("list")
def list_keys() -> None:
    """List all keys: number, name (TENANT/NAME), scopes, state; never the keys themselves."""
    with opened() as store:
        keys = api_keys.everything(store)
    for key in keys:
        ends = f"expires {key.expires_at:%Y-%m-%d}" if key.expires_at else "no expiry"
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else ends
        click.echo(f"{key.id}\t{key.name}\t{' '.join(sorted(key.scopes))}\t{state}")


@command.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Close the key of that NUMBER for good."""
    with opened() as store:
        try:
            api_keys.revoke(store, number)
        except UnknownKeyError as error:
            raise click.ClickException(error.description) from None
    click.echo(f"key {number} is revoked")
