"""`python -m oidc`: make what a provider needs. Secrets are printed once and kept nowhere."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import click
from joserfc.jwk import KeySet, RSAKey

from oidc.clients import digest, read_client, read_json, read_keys, read_public_keys

RSA_BITS = 2048
HINT_KEYS = "Public keys that sign the client's hints: a JWKS, or one key as PEM."


class _Commands(click.Group):
    """A file or address that cannot be used ends a command with one line."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except ValueError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Commands)
def main() -> None:
    """Make keys and clients of the OpenID Connect provider."""


@main.command("make-keys")
@click.option("--before", type=click.Path(path_type=Path), help="Keys so far: the newest is kept.")
def make_keys(before: Path | None) -> None:
    """Print a file of keys that sign ID tokens, for OIDC_KEYS."""
    fresh = RSAKey.generate_key(RSA_BITS)
    kept = read_keys(str(before), read_json(before)).keys[:1] if before else []
    keys = KeySet([fresh, *kept])
    click.echo(json.dumps(keys.as_dict(private=True), indent=2))


@main.command("make-client")
@click.argument("client_id")
@click.argument("redirect_uri")
@click.option("--name", help="What people are told; the id without.")
@click.option("--hint-keys", type=click.Path(path_type=Path), required=True, help=HINT_KEYS)
def make_client(client_id: str, redirect_uri: str, name: str | None, hint_keys: Path) -> None:
    """Print an entry for the file OIDC_CLIENTS, and the client's secret on standard error."""
    secret = secrets.token_urlsafe(32)
    entry = {
        "name": name or client_id,
        "secret_sha256": digest(secret),
        "redirect_uris": [redirect_uri],
        "hint_keys": read_public_keys(hint_keys).as_dict(private=False),
    }
    read_client(client_id, entry)
    click.echo(json.dumps({client_id: entry}, indent=2))
    click.echo(f"client_secret: {secret}", err=True)


if __name__ == "__main__":
    main()
