"""`vacuum`: write the database anew, so that no trace of deleted data is left in it."""

from __future__ import annotations

import click

from cepstra.cli._database import database_option, opened
from cepstra.cli._failures import UnusableServiceError
from cepstra.store import erasure


@click.command("vacuum")
@database_option
def command(database: str | None) -> None:
    """Write the database anew without what was deleted; the service waits meanwhile."""
    with opened(database) as store:
        if not erasure.vacuum(store):
            raise UnusableServiceError("the database is busy or has no room; try again")
        is_sqlite = store.engine.dialect.name == "sqlite"
    click.echo("nothing that was deleted is left in the database's files")
    if not is_sqlite:
        click.echo("PostgreSQL's write-ahead log, archives and replicas keep it for their own time")
