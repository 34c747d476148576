"""`invite`: let a person make an account."""

from __future__ import annotations

import click

from cepstra.cli._options import PlainName
from cepstra.config import Config
from cepstra.verification.errors import SigningOffError
from cepstra.verification.registration import Registration
from cepstra.verification.signing import SigningKeys


@click.command("invite")
@click.argument("name", type=PlainName(is_whole=True))
@click.option(
    "--days",
    type=click.IntRange(1, 90),
    default=7,
    help="Days until the invitation ends.",
)
def command(name: str, days: int) -> None:
    """Print an invitation to make the account NAME, or TENANT/NAME, once.

    SIGNING_KEYS has to be set as for the service. The person gives the invitation on the page
    where they make the account.
    """
    try:
        keys = SigningKeys.from_text(Config.from_environment().signing_keys)
        click.echo(Registration(keys).invite(name, days))
    except (ValueError, SigningOffError) as error:
        raise click.ClickException(f"SIGNING_KEYS: {error}") from None
