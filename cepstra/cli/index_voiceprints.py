"""`index-voiceprints`: make PostgreSQL's index of voiceprints, or delete it."""

from __future__ import annotations

import click

from cepstra.cli._database import database_option, opened
from cepstra.config import Config
from cepstra.store import Store, vector_index
from cepstra.store.vector_index import VectorIndexError
from cepstra.verification.gallery import indexed_galleries
from cepstra.verification.registry import load_verifiers


@click.command("index-voiceprints")
@database_option
@click.option("--drop", is_flag=True, help="Delete it with every plain vector in it.")
def command(database: str | None, drop: bool) -> None:
    """Make the index that VOICEPRINT_INDEX=pgvector searches, before services start with it.

    It holds voiceprints in plain. Before you delete it, start every service anew with
    VOICEPRINT_INDEX=memory.
    """
    config = Config.from_environment()
    with opened(database) as store:
        click.echo(_drop(store) if drop else _make(config, store))


def _make(config: Config, store: Store) -> str:
    if store.engine.dialect.name != "postgresql":
        raise click.ClickException("expected PostgreSQL, which alone has pgvector, got SQLite")
    systems = load_verifiers(config)
    try:
        indexed_galleries(store, systems)
    except VectorIndexError as error:
        raise click.ClickException(str(error)) from error
    with store.reading() as connection:
        return f"{vector_index.count(connection)} voiceprints are in the index"


def _drop(store: Store) -> str:
    return "the index was deleted" if vector_index.drop(store) else "there is no index"
