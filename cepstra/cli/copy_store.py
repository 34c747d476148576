"""`copy-store`: copy everything into an empty database, such as from SQLite to PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import click

from cepstra.cli._database import opened
from cepstra.config import Config
from cepstra.store import Store, copying, migrate
from cepstra.store.copying import CopyError
from cepstra.store.engine import parse_url


@click.command("copy-store")
@click.argument("source")
@click.argument("target")
def command(source: str, target: str) -> None:
    """Copy the database at SOURCE, a URL, into the empty one at TARGET, and compare them.

    Stop the service first. Stop the command at any time and start it again: it goes on. Voices
    stay encrypted with the keys they have; those have to be there where the copy is served.
    """
    config = Config.from_environment()
    if source.startswith("sqlite") and not _file(source).exists():
        raise click.ClickException(f"there is no database at {source}")
    with opened(source) as store:
        try:
            n_rows = _copy(store, target)
        except (CopyError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        key_id = store.keyring.current.id.hex()
    click.echo(f"{n_rows} rows were copied and compared")
    click.echo(f"serve the copy with key {key_id}: {_where_the_key_is(config, source)}")


def _copy(source: Store, target_url: str) -> int:
    if parse_url(target_url) == source.engine.url:
        raise CopyError("expected two databases, got the same one twice")
    target = Store(target_url, source.keyring)
    try:
        migrate.upgrade(target)
        n_rows = copying.count_rows(source)
        with click.progressbar(length=2 * n_rows, label="rows copied, then compared") as bar:
            for n_done in copying.copy(source, target):
                bar.update(n_done)
        return n_rows
    finally:
        target.close()


def _where_the_key_is(config: Config, source: str) -> str:
    if config.data_keys.strip():
        return "set DATA_KEYS there as it is set here"
    return f"set DATA_KEYS there to what {_file(source).with_suffix('.key')} holds"


def _file(url: str) -> Path:
    return Path(parse_url(url).database or "")
