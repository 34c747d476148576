"""The options that say what a long job runs on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from cepstra.cli._failures import UnusableServiceError
from cepstra.cli._options import gathered
from cepstra.jobs.engine import Engine
from cepstra.jobs.single_process import SingleProcess


@dataclass(frozen=True)
class Workers:
    """What to run on.

    Attributes:
        scheduler: address of a running Dask scheduler; None for this machine.
        processes: of this machine.
    """

    scheduler: str | None
    processes: int

    @contextmanager
    def started(self) -> Iterator[Engine]:
        """Give the engine for as long as the context lasts.

        Raises:
            UnusableServiceError: the scheduler does not answer.
        """
        if self.scheduler is None and self.processes == 1:
            yield SingleProcess()
            return
        # Imported late: Dask would double the start of every command.
        from cepstra.jobs.cluster import SchedulerError, local_cluster, running_cluster

        url = self.scheduler
        try:
            with local_cluster(self.processes) if url is None else running_cluster(url) as engine:
                yield engine
        except SchedulerError as error:
            raise UnusableServiceError(str(error)) from error


# --scheduler and --processes; a command gets both as `workers`
workers_options = gathered(
    "workers",
    Workers,
    click.option("--scheduler", metavar="URL", help="Run on this Dask cluster: tcp://HOST:8786."),
    click.option(
        "--processes",
        default=2,
        type=click.IntRange(1),
        help="Processes of this machine, without --scheduler.",
    ),
)
