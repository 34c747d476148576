"""`classify`: whose voice of many, on recordings of one's own, attempt by attempt and over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import click

from cepstra.cli._options import FiniteRange
from cepstra.cli._planned_lists import Asked, asked_options, prepared
from cepstra.cli._progress import bar, bars
from cepstra.cli._systems import Chosen, chosen_options
from cepstra.cli._workers import Workers, workers_options
from cepstra.evaluation.classification_report import write_classification
from cepstra.evaluation.closed_set import Classification, classify
from cepstra.evaluation.identification import attempts_of
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment
from cepstra.evaluation.segments import as_experiment, segments_of
from cepstra.evaluation.system import System
from cepstra.frontend import page_definition
from cepstra.jobs.engine import Advance

SYSTEMS = ("fusion", "gmm-ubm", "dense-stats")


@click.command("classify")
@asked_options("build/classification")
@chosen_options(SYSTEMS)
@click.option(
    "--segment-s",
    default=1.0,
    type=FiniteRange(0.5),
    help="Length of the pieces that are judged alone.",
)
@workers_options
def command(asked: Asked, chosen: Chosen, segment_s: float, workers: Workers) -> None:
    """Enrol everybody in a folder SPEAKER/* and give every attempt to one of them.

    SOURCE, sessions and lists are those of `evaluate`. The report has accuracy, macro F1 and
    confusion of every system, and whom each piece of an attempt was taken for.
    """
    systems = chosen.made()
    with workers.started() as engine, bars() as progress:
        cache = FeatureCache(engine)
        origin, experiment = prepared(asked, chosen.words, cache, progress)
        for error in cache.hear(experiment.test_paths.values(), page_definition()):
            raise error
        segments = segments_of(experiment, cache, segment_s)
        cut = as_experiment(experiment, segments)
        whole = _classified(systems, experiment, cache, partial(bar, progress, "attempts"))
        pieces = _classified(systems, cut, cache, partial(bar, progress, "segments"))
    attempted = experiment, origin
    table = write_classification((whole, pieces), segments, segment_s, attempted, asked.out)
    click.echo(f"{table}{asked.out / 'report.md'}; not used: {len(origin.passed_over)}")


def _classified(
    systems: Mapping[str, System],
    experiment: Experiment,
    cache: FeatureCache,
    bar_of: Callable[[int], Advance],
) -> dict[str, Classification]:
    advance = bar_of(len(systems) * len(attempts_of(experiment.trials)))
    return {name: classify(system, experiment, cache, advance) for name, system in systems.items()}
