"""`upgrade-models`: bring every speaker to the system in force, from the takes that are kept."""

from __future__ import annotations

import sys

import click

from cli._database import database_option, opened
from config import Config
from verification import directory
from verification.current_model import current_model
from verification.errors import NotTrainedError, SpeakerDeletedError
from verification.service import Service
from verification.systems import load_systems


@click.command("upgrade-models")
@database_option
def command(database: str | None) -> None:
    """Make models anew where an older system made them; nobody has to enrol again.

    Each speaker is a transaction of its own: stop the command at any time and start it again,
    with the service running or not.
    """
    config = Config.from_environment()
    systems = load_systems(config.target_false_accept_rate, config.min_speech_s)
    current, untrained = 0, 0
    with opened(config, database) as store:
        service = Service(store, systems)
        everybody, length = directory.everybody(store), directory.count(store)
        with click.progressbar(everybody, length=length, label="speakers", file=sys.stderr) as bar:
            for speaker in bar:
                try:
                    current_model(service, speaker.alias)
                    current += 1
                except (NotTrainedError, SpeakerDeletedError):
                    untrained += 1
    click.echo(f"{current} models are up to date; {untrained} speakers have no model")
