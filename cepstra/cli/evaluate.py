"""`evaluate`: error rates of the verifiers on recordings of one's own."""

from __future__ import annotations

from collections.abc import Mapping

import click
from rich.console import Console
from rich.progress import Progress

from cepstra.cli._options import step_option
from cepstra.cli._planned_lists import Asked, asked_options, prepared
from cepstra.cli._progress import bar, bars
from cepstra.cli._systems import Chosen, chosen_options
from cepstra.cli._workers import Workers, workers_options
from cepstra.evaluation import report
from cepstra.evaluation.folder_report import material, write_report
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment, TrialScores, score_trials
from cepstra.evaluation.system import System
from cepstra.evaluation.systems import DEFAULT_SYSTEM, sharing
from cepstra.jobs.engine import unwatched


@click.command("evaluate")
@asked_options("build/evaluation")
@chosen_options([DEFAULT_SYSTEM])
@workers_options
@step_option
def command(asked: Asked, chosen: Chosen, step: float | None, workers: Workers) -> None:
    """Enrol everybody in a folder SPEAKER/*, let them try to be each other, and report error rates.

    SOURCE is the folder, of any sound formats, or a CSV with columns path, name and, if known,
    session. Who has several sessions, by subfolders, dates of the files or the CSV, enrols with the
    first and attempts with the others. The lists that are made lie beside the report: --enrol and
    --trials run them again, or others. A list names recordings relative to the folder, separated by
    spaces, those with a space in quotes. The voices that trained a network of --model flatter it:
    `held-out.csv` in its folder lists those that did not.
    """
    systems = chosen.made()
    with workers.started() as engine, bars() as progress:
        cache = FeatureCache(engine, step)
        origin, experiment = prepared(asked, chosen.words, cache, progress)
        results = _score(systems, experiment, cache, progress)
    summaries = write_report(results, experiment, origin, asked.out)
    title = f"{len(experiment.trials)} trials, {len(experiment.enrolment)} speakers"
    Console().print(report.terminal_table(summaries, title))
    click.echo("\n".join(material(experiment, origin.plan)).replace("**", ""))
    click.echo(f"{asked.out / 'report.md'}; not used: {len(origin.passed_over)}")


def _score(
    systems: Mapping[str, System], experiment: Experiment, cache: FeatureCache, progress: Progress
) -> dict[str, TrialScores]:
    results: dict[str, TrialScores] = {}
    for names in sharing(systems):
        alike, title = [systems[name] for name in names], ", ".join(names)
        missing = cache.missing(experiment.recordings, alike[0].definition, alike[0].of_sound)
        listening = bar(progress, f"{title}: features", len(missing)) if missing else unwatched
        scoring = bar(progress, f"{title}: trials", len(experiment.trials))
        told = score_trials(alike, experiment, cache, listening, scoring)
        results |= zip(names, told, strict=True)
    return {name: results[name] for name in systems}
