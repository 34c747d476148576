"""`rotate-data-key`: encrypt all data with the current key."""

from __future__ import annotations

import click

from cepstra.cli._database import database_option, opened
from cepstra.store import Store, connect, migrate, rotation
from cepstra.store.encryption import SealError
from cepstra.store.keyring import KeyringError


@click.command("rotate-data-key")
@database_option
@click.option("--accept-plain", is_flag=True, help="Take over data from before encryption.")
def command(database: str | None, accept_plain: bool) -> None:
    """Encrypt anew what an older key encrypted; afterwards that key may go.

    Each speaker is a transaction of its own: stop the command at any time and start it again.
    """
    changed = 0
    with opened(database, _with_any_key) as store:
        try:
            steps, length = rotation.rotate(store, accept_plain), rotation.count_steps(store)
            with click.progressbar(steps, length=length, label="speakers") as bar:
                for n_blobs in bar:
                    changed += n_blobs
        except (KeyringError, SealError) as error:
            raise click.ClickException(str(error)) from error
        current = store.keyring.current.id.hex()
    click.echo(f"entries encrypted with key {current}: {changed}")


def _with_any_key(url: str, data_keys: str, key_file_allowed: bool) -> Store:
    """Return a store that is up to date, whatever key its data are encrypted with."""
    store = connect(url, data_keys, key_file_allowed)
    migrate.upgrade(store)
    return store
