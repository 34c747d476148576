"""`accuracy`: write docs/accuracy.md, every system in every condition."""

from pathlib import Path

import click
from rich.progress import Progress

from cepstra.cli._options import shared_options
from cepstra.cli._progress import bar, bars
from cepstra.cli._workers import Workers, workers_options
from cepstra.evaluation.accuracy import write_page
from cepstra.evaluation.corpora import ALL_CORPORA, CLEAN, Corpus, Shared
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment, TrialScores, score_trials
from cepstra.evaluation.systems import REGISTRY, available, default_system, sharing

ENROLLED_DIGITS = (1, 3, 5, 10, 20, 30)
COMMAND = "cepstra accuracy --shared ../shared --out docs/accuracy.md"
Scores = dict[str, dict[str, TrialScores]]


@click.command("accuracy")
@shared_options
@click.option(
    "--out", default="docs/accuracy.md", type=click.Path(path_type=Path), help="Page to write."
)
@workers_options
def command(shared: Shared, out: Path, workers: Workers) -> None:
    """Run all systems on all sets in all conditions and write the accuracy page.

    CAM++ from sound is among them where `export-teacher` has written its file.
    """
    for name in REGISTRY.keys() - available():
        click.echo(f"{name} is left out, its file is missing: make teacher", err=True)
    results: dict[str, Scores] = {}
    by_enrolled: dict[str, dict[int, TrialScores]] = {}
    with workers.started() as engine, bars() as progress:
        for corpus in ALL_CORPORA:
            cache = FeatureCache(engine)
            results[corpus.name] = {
                condition: _run(
                    f"{corpus.name}, {condition}",
                    shared.experiment(corpus, condition),
                    cache,
                    progress,
                )
                for condition in corpus.conditions
            }
            by_enrolled[corpus.name] = _by_enrolled(shared, corpus, cache, progress)
    write_page(results, by_enrolled, COMMAND, out)
    click.echo(f"wrote {out}", err=True)


def _by_enrolled(
    shared: Shared, corpus: Corpus, cache: FeatureCache, progress: Progress
) -> dict[int, TrialScores]:
    """The default system enrolled with a few takes and many, up to what the corpus has."""
    experiment = shared.experiment(corpus, CLEAN)
    system = default_system()
    most = min(map(len, experiment.enrolment.values()))
    amounts = [n_digits for n_digits in ENROLLED_DIGITS if n_digits <= most]
    title = f"{corpus.name}, amounts enrolled"
    advance = bar(progress, title, len(experiment.trials) * len(amounts))
    by_amount = experiment.enrolled_with(amounts)
    (told,) = score_trials([system], by_amount, cache, on_trial=advance)
    return dict(zip(amounts, told.in_parts(len(amounts)), strict=True))


def _run(
    title: str, experiment: Experiment, cache: FeatureCache, progress: Progress
) -> dict[str, TrialScores]:
    systems = {name: REGISTRY[name]() for name in available()}
    groups = sharing(systems)
    advance = bar(progress, title, len(experiment.trials) * len(groups))
    results: dict[str, TrialScores] = {}
    for names in groups:
        alike = [systems[name] for name in names]
        told = score_trials(alike, experiment, cache, on_trial=advance)
        results |= zip(names, told, strict=True)
    return {name: results[name] for name in systems}
