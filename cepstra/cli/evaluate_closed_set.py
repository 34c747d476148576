"""`evaluate-closed-set`: accuracy, macro F1 and confusion of every system as a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.progress import Progress

from cepstra.cli._options import NEW_FILE, gathered, shared_options
from cepstra.cli._progress import bar, bars
from cepstra.cli._systems import shipped_system
from cepstra.cli._workers import Workers, workers_options
from cepstra.evaluation.closed_set import Classification, OpenSet, classify, with_unknown
from cepstra.evaluation.closed_set_report import Found, table, write_page
from cepstra.evaluation.corpora import CONDITIONS, CORPORA, Shared
from cepstra.evaluation.identification import attempts_of
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment
from cepstra.evaluation.systems import EMBEDDING_FAMILIES, REGISTRY

COMMAND = "cepstra evaluate-closed-set --shared ../shared --out docs/closed-set.md"
SYSTEMS = ("fusion", "gmm-ubm", "tdnn", *EMBEDDING_FAMILIES)


@dataclass(frozen=True)
class Choice:
    """What is to be run.

    Attributes:
        names: of corpora; all where empty.
        systems: of the registry.
        condition: in which the attempts are heard.
        unknown: how many speakers are unknown in the open-set columns.
    """

    names: Sequence[str]
    systems: Sequence[str]
    condition: str
    unknown: int


choice_options = gathered(
    "choice",
    Choice,
    click.option(
        "--corpus",
        "names",
        multiple=True,
        type=click.Choice([corpus.name for corpus in CORPORA]),
        help="Only these; may be repeated.",
    ),
    click.option(
        "--system",
        "systems",
        multiple=True,
        default=SYSTEMS,
        type=click.Choice(list(REGISTRY)),
        show_default="all but the classic ones",
        help="Only these; may be repeated.",
    ),
    click.option(
        "--condition",
        default="clean",
        type=click.Choice(CONDITIONS),
        help="How the attempts were heard.",
    ),
    click.option("--unknown", default=50, help="Speakers not enrolled."),
)


@click.command("evaluate-closed-set")
@shared_options
@choice_options
@click.option("--out", type=NEW_FILE, help="Markdown page to write, with figures.")
@workers_options
def command(shared: Shared, choice: Choice, out: Path | None, workers: Workers) -> None:
    """Give every attempt of the protocol to one of its speakers, and let some be unknown."""
    results: dict[str, Found] = {}
    with workers.started() as engine, bars() as progress:
        for corpus in CORPORA:
            if not choice.names or corpus.name in choice.names:
                experiment = shared.experiment(corpus, choice.condition)
                cache = FeatureCache(engine)
                results[corpus.name] = _corpus(choice, experiment, cache, progress)
    for name, found in results.items():
        click.echo(f"{name}, {choice.condition}\n\n{table(found)}")
    if out:
        write_page(results, COMMAND, choice.condition, choice.unknown, out)


def _corpus(
    choice: Choice, experiment: Experiment, cache: FeatureCache, progress: Progress
) -> Found:
    n_attempts = len(attempts_of(experiment.trials))
    found: dict[str, tuple[Classification, OpenSet | None]] = {}
    for name in choice.systems:
        system = shipped_system(name)
        seen = classify(system, experiment, cache, bar(progress, name, n_attempts))
        found[name] = seen, with_unknown(seen, system.open_set_threshold, choice.unknown)
    return found
