"""`upgrade-models`: bring every speaker to the system in force, from the takes that are kept."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from functools import cache

import click

from cepstra.cli._database import database_option, opened
from cepstra.cli._workers import Workers, workers_options
from cepstra.config import Config
from cepstra.store import Store, open_store
from cepstra.verification import speakers
from cepstra.verification.current_model import current_model
from cepstra.verification.errors import NotTrainedError, SpeakerDeletedError
from cepstra.verification.registry import load_verifiers
from cepstra.verification.service import Service


@click.command("upgrade-models")
@database_option
@workers_options
def command(database: str | None, workers: Workers) -> None:
    """Make models anew where an older system made them; nobody has to enrol again.

    Each speaker is a transaction of its own: stop the command at any time and start it again,
    with the service running or not. Workers elsewhere take the keys from their own DATA_KEYS.
    """
    config = Config.from_environment()
    current = 0
    with opened(database) as store:
        n_speakers = speakers.count(store)
        pages = click.progressbar(length=n_speakers, label="speakers", file=sys.stderr)
        with _chosen(workers, n_speakers).started() as engine, pages as bar:
            url = database or config.database_url
            for n_done, n_current in engine.map(_upgrade, _pages(store), url):
                current += n_current
                bar.update(n_done)
    click.echo(f"models up to date: {current}, speakers without one: {n_speakers - current}")


def _chosen(workers: Workers, n_speakers: int) -> Workers:
    """One process where more are not worth their start, or Dask is not installed."""
    has_dask = importlib.util.find_spec("distributed") is not None
    is_small = n_speakers <= speakers.PAGE_LENGTH or not has_dask
    return Workers(None, 1) if is_small and workers.scheduler is None else workers


def _pages(store: Store) -> Iterator[Sequence[str]]:
    after = ""
    while found := speakers.page(store, after):
        yield [speaker.alias for speaker in found]
        after = found[-1].alias


def _upgrade(aliases: Sequence[str], url: str) -> tuple[int, int]:
    """How many speakers there were, and how many have a model now."""
    service, n_current = _service(url), 0
    for alias in aliases:
        try:
            current_model(service, alias)
            n_current += 1
        except (NotTrainedError, SpeakerDeletedError):
            continue
    return len(aliases), n_current


@cache
def _service(url: str) -> Service:
    """A worker opens the database once, for as long as it lives."""
    config = Config.from_environment()
    store = open_store(url, config.data_keys, config.stays_here)
    return Service(store, load_verifiers(config))
