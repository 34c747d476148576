"""`accuracy`: write docs/accuracy.md, every system in every condition."""

import os
import subprocess
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli._workers import Workers, workers_options
from evaluation.accuracy import CORPORA, Corpus, write_page
from evaluation.conditions import CONDITIONS, recordings_in
from evaluation.protocol import ProtocolError
from evaluation.recordings import FeatureCache
from evaluation.runner import TrialScores, load_experiment, score_trials
from evaluation.systems import REGISTRY, make_system
from features.audio import AudioError

COMMAND = "python -m cli accuracy --shared ../shared --out docs/accuracy.md"
Scores = dict[str, dict[str, TrialScores]]


@click.command("accuracy")
@click.option(
    "--shared",
    default=lambda: os.environ.get("CEPSTRA_SHARED", "../shared"),
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of corpora, protocol and tools.",
)
@click.option(
    "--out", default="docs/accuracy.md", type=click.Path(path_type=Path), help="Page to write."
)
@click.option("--build", default="build", type=click.Path(path_type=Path), help="For copies.")
@workers_options
def command(shared: Path, out: Path, build: Path, workers: Workers) -> None:
    """Run all systems on all sets in all conditions and write the accuracy page."""
    results: dict[str, Scores] = {}
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    try:
        with (
            workers.started() as engine,
            Progress(*columns, TimeElapsedColumn(), console=console) as progress,
        ):
            for corpus in CORPORA:
                cache = FeatureCache(engine)
                results[corpus.name] = {
                    condition: _run(corpus, condition, shared, build, (cache, progress))
                    for condition in CONDITIONS
                }
    except (ProtocolError, AudioError) as error:
        raise click.ClickException(str(error)) from error
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"the copies could not be made: {error}") from error
    write_page(results, COMMAND, out)
    console.print(f"wrote {out}")


def _run(
    corpus: Corpus,
    condition: str,
    shared: Path,
    build: Path,
    session: tuple[FeatureCache, Progress],
) -> dict[str, TrialScores]:
    cache, progress = session
    task = progress.add_task(f"{corpus.name}, {condition}", total=None)
    audio = shared / "corpora" / corpus.folder
    degrade = shared / "tools" / "degrade.py"
    heard = recordings_in(condition, audio, degrade, build / "degraded" / corpus.name)
    lists = [shared / "protocol" / f"{corpus.name}.{kind}.csv" for kind in ("enrol", "trials")]
    experiment = load_experiment(lists[0], lists[1], audio, heard)
    progress.update(task, total=len(experiment.trials) * len(REGISTRY))
    advance = partial(progress.advance, task)
    return {
        name: score_trials(make_system(name), experiment, cache, on_trial=advance)
        for name in REGISTRY
    }
