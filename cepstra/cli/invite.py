"""`invite`: let a person make an account."""

from __future__ import annotations

import click

from cepstra.config import Config
from cepstra.verification.errors import SigningOffError
from cepstra.verification.names import WHOLE_NAME_RULE, is_whole_name, normal_name
from cepstra.verification.registration import Registration
from cepstra.verification.signing import SigningKeys


@click.command("invite")
@click.argument("name")
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
    if not is_whole_name(normal_name(name)):
        text = f"expected {WHOLE_NAME_RULE}, got {name[:80]!r}"
        raise click.BadParameter(text, param_hint="NAME")
    try:
        keys = SigningKeys.from_text(Config.from_environment().signing_keys)
        click.echo(Registration(keys).invite(normal_name(name), days))
    except (ValueError, SigningOffError) as error:
        raise click.ClickException(f"SIGNING_KEYS: {error}") from None
