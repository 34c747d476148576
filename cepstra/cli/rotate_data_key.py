"""`rotate-data-key`: encrypt all data with the current key."""

from __future__ import annotations

import click

from cepstra.cli._database import database_option
from cepstra.config import Config
from cepstra.store import Store, migrate, rotation
from cepstra.store.encryption import SealError
from cepstra.store.engine import parse_url
from cepstra.store.keyring import keyring_for


@click.command("rotate-data-key")
@database_option
@click.option("--accept-plain", is_flag=True, help="Take over data from before encryption.")
def command(database: str | None, accept_plain: bool) -> None:
    """Encrypt anew what an older key encrypted; afterwards that key may go.

    Each speaker is a transaction of its own: stop the command at any time and start it again.
    """
    config = Config.from_environment()
    url = database or config.database_url
    changed = 0
    try:
        keyring = keyring_for(parse_url(url), config.data_keys, config.stays_here)
        store = Store(url, keyring)
        migrate.upgrade(store)
        steps, length = rotation.rotate(store, accept_plain), rotation.count_steps(store)
        with click.progressbar(steps, length=length, label="speakers") as bar:
            for n_blobs in bar:
                changed += n_blobs
    except (ValueError, SealError) as error:  # a wrong URL or key
        raise click.ClickException(str(error)) from error
    click.echo(f"{changed} entries were encrypted with key {keyring.current.id.hex()}")
