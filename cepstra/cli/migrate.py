"""`migrate`: bring the database to the layout of this version."""

from __future__ import annotations

import click

from cepstra.cli._database import database_option, opened


@click.command("migrate")
@database_option
def command(database: str | None) -> None:
    """Apply missing migrations and see that the keys fit; done again, it changes nothing.

    The service does so itself when it starts. As a step of its own, before the new version takes
    over, it lets a deployment stop while the old one still answers.
    """
    with opened(database):
        pass
    click.echo("the database is up to date")
