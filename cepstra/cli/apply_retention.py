"""`apply-retention`: delete what RETENTION_DAYS, AUDIT_RETENTION_DAYS and REPLAY_DAYS say."""

from __future__ import annotations

import click

from cepstra.cli._database import database_option, opened
from cepstra.config import Config
from cepstra.verification import retention
from cepstra.verification.audit import Origin
from cepstra.verification.retention import Retention


@click.command("apply-retention")
@database_option
def command(database: str | None) -> None:
    """Delete unused speakers, old audit entries and answers; meant for cron or a scheduler."""
    config = Config.from_environment()
    with opened(database) as store:
        policy = Retention(config.retention_days, config.audit_retention_days, config.replay_days)
        removed = retention.apply(store, Origin("cli"), policy)
    kinds = f"audit entries: {removed.n_audit_entries}, answers: {removed.n_answers}"
    click.echo(f"deleted speakers: {removed.n_speakers}, {kinds}")
