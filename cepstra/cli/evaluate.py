"""`evaluate`: error rates of the verifiers on a list of trials."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cepstra.cli._options import FILE, FOLDER, NEW_FILE, gathered
from cepstra.cli._workers import Workers, workers_options
from cepstra.evaluation import plots, report
from cepstra.evaluation.protocol import ProtocolError
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment, TrialScores, load_experiment, score_trials
from cepstra.evaluation.summary import summarise
from cepstra.evaluation.systems import DEFAULT_SYSTEM, REGISTRY, make_system
from cepstra.frontend.audio import AudioError


@dataclass(frozen=True)
class Lists:
    """A protocol of one's own.

    Attributes:
        enrol: list of enrolments.
        trials: list of trials.
        audio: folder of recordings.
        test_audio: folder of the attempts' recordings, if another.
    """

    enrol: Path
    trials: Path
    audio: Path
    test_audio: Path | None

    def experiment(self) -> Experiment:
        """Read the lists and find the recordings."""
        return load_experiment(self.enrol, self.trials, self.audio, self.test_audio or self.audio)


list_options = gathered(
    "lists",
    Lists,
    click.option("--enrol", required=True, type=FILE, help="Enrolment list: speaker,files."),
    click.option("--trials", required=True, type=FILE, help="Trials: model,speaker,target,files."),
    click.option("--audio", required=True, type=FOLDER, help="Recordings of any sound format."),
    click.option("--test-audio", type=FOLDER, help="Recordings of the attempts, if elsewhere."),
)


@click.command("evaluate")
@list_options
@click.option(
    "--system",
    "systems",
    multiple=True,
    type=click.Choice(list(REGISTRY)),
    help=f"Verifier to run; may be repeated.  [default: {DEFAULT_SYSTEM}]",
)
@click.option(
    "--json",
    "json_path",
    required=True,
    type=NEW_FILE,
    help="Where the figures go.",
)
@click.option("--plots", "plots_dir", type=click.Path(path_type=Path), help="Folder for PNGs.")
@workers_options
@click.option(
    "--step",
    type=click.FloatRange(min=0),
    help="Rounds coefficients to multiples of it; 0: not at all.  [default: as messages do]",
)
def command(
    lists: Lists,
    systems: Sequence[str],
    json_path: Path,
    plots_dir: Path | None,
    step: float | None,
    workers: Workers,
) -> None:
    """Score trials with one or more verifiers and report their error rates.

    A list names recordings relative to the audio folder, without a suffix, separated by spaces.
    """
    names = list(dict.fromkeys(systems)) or [DEFAULT_SYSTEM]
    try:
        experiment = lists.experiment()
        with workers.started() as engine:
            results = _score(names, experiment, FeatureCache(engine, step))
    except (ProtocolError, AudioError) as error:
        raise EvaluationError(str(error)) from error
    summaries = {name: summarise(result) for name, result in results.items()}
    json_path.parent.mkdir(parents=True, exist_ok=True)
    json_path.write_text(json.dumps({"systems": summaries}, indent=2) + "\n", encoding="utf-8")
    if plots_dir:
        _draw(results, plots_dir)
    title = f"{len(experiment.trials)} trials, {len(experiment.enrolment)} speakers"
    Console().print(report.terminal_table(summaries, title))


class EvaluationError(click.ClickException):
    """The lists or recordings are wrong; the message says which."""

    exit_code = 2


def _score(
    names: Sequence[str], experiment: Experiment, cache: FeatureCache
) -> dict[str, TrialScores]:
    results: dict[str, TrialScores] = {}
    with _progress() as progress:
        for name in names:
            system = make_system(name)
            missing = cache.missing(experiment.recordings, system.definition, system.wants_lpc)
            listening = progress.add_task(f"{name}: features", total=len(missing))
            scoring = progress.add_task(f"{name}: trials", total=len(experiment.trials))
            results[name] = score_trials(
                system,
                experiment,
                cache,
                partial(progress.advance, listening),
                partial(progress.advance, scoring),
            )
    return results


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not sys.stderr.isatty())


def _draw(results: dict[str, TrialScores], folder: Path) -> None:
    plots.save(plots.det_figure({"Detection error trade-off": results}), folder / "det.png")
    for name, result in results.items():
        plots.save(plots.histogram_figure(name, result), folder / f"scores-{name}.png")
