"""`evaluate`: error rates of the verifiers on recordings of one's own."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import Progress

from cepstra.cli._options import FILE, FOLDER, NEW_FOLDER, Decorator, gathered
from cepstra.cli._progress import bar, bars
from cepstra.cli._speaker_sessions import source_of
from cepstra.cli._workers import Workers, workers_options
from cepstra.evaluation import report
from cepstra.evaluation.folder_report import Origin, write_lists, write_report
from cepstra.evaluation.planned_trials import Amounts, Plan, Recording, plan
from cepstra.evaluation.protocol import ProtocolError
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment, TrialScores, load_experiment, score_trials
from cepstra.evaluation.systems import DEFAULT_SYSTEM, REGISTRY, make_system
from cepstra.frontend import page_definition
from cepstra.frontend.audio import AudioError
from cepstra.gmm.speech import speech_mask


@dataclass(frozen=True)
class Lists:
    """A protocol of one's own.

    Attributes:
        enrol: list of enrolments; None to make both.
        trials: list of trials.
        test_audio: folder of the attempts' recordings, if another.
    """

    enrol: Path | None
    trials: Path | None
    test_audio: Path | None

    @property
    def are_given(self) -> bool:
        """Whether both lists are there.

        Raises:
            click.UsageError: one is.
        """
        if (self.enrol is None) != (self.trials is None) or (self.test_audio and not self.enrol):
            raise click.UsageError("expected --enrol and --trials, or neither, got some of them")
        return self.enrol is not None


list_options = gathered(
    "lists",
    Lists,
    click.option("--enrol", type=FILE, help="Enrolment list: speaker,files.  [default: made]"),
    click.option("--trials", type=FILE, help="Trials: model,speaker,target,files."),
    click.option("--test-audio", type=FOLDER, help="Recordings of the attempts, if elsewhere."),
)


def _amount(name: str, default: float, kind: click.ParamType, meaning: str) -> Decorator:
    return click.option(name, default=default, show_default=True, type=kind, help=meaning)


amount_options = gathered(
    "amounts",
    Amounts,
    _amount("--enrol-s", 20.0, click.FloatRange(1.0), "Speech that enrols, in seconds, at most."),
    _amount("--attempt-s", 2.0, click.FloatRange(0.6), "Speech of an attempt, at least."),
    _amount("--own", 15, click.IntRange(1), "Own attempts a speaker, at most."),
    _amount("--others", 60, click.IntRange(1), "Others' trials against each, at most."),
    click.option("--seed", default=1, show_default=True, help="Of what is drawn."),
)


@click.command("evaluate")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@list_options
@amount_options
@click.option(
    "--system",
    "systems",
    multiple=True,
    type=click.Choice(list(REGISTRY)),
    help=f"Verifier to run; may be repeated.  [default: {DEFAULT_SYSTEM}]",
)
@click.option(
    "--out",
    default=Path("build/evaluation"),
    show_default=True,
    type=NEW_FOLDER,
    help="Folder for report, figures, pictures and lists.",
)
@workers_options
@click.option(
    "--step",
    type=click.FloatRange(min=0),
    help="Rounds coefficients to multiples of it; 0: not at all.  [default: as messages do]",
)
def command(
    source: Path,
    lists: Lists,
    amounts: Amounts,
    systems: Sequence[str],
    out: Path,
    step: float | None,
    workers: Workers,
) -> None:
    """Enrol everybody in a folder SPEAKER/*, let them try to be each other, and report error rates.

    SOURCE is the folder, of any sound formats, or a CSV with columns path, name and, if known,
    session. Who has several sessions, by subfolders, dates of the files or the CSV, enrols with the
    first and attempts with the others. The lists that are made lie beside the report: --enrol and
    --trials run them again, or others. A list names recordings relative to the folder, separated by
    spaces, those with a space in quotes.
    """
    names = list(dict.fromkeys(systems)) or [DEFAULT_SYSTEM]
    try:
        with workers.started() as engine, bars() as progress:
            cache = FeatureCache(engine, step)
            origin, experiment = _prepared(source, lists, amounts, out, (cache, progress))
            results = _score(names, experiment, cache, progress)
    except (ProtocolError, AudioError) as error:
        raise EvaluationError(str(error)) from error
    summaries = write_report(results, experiment, origin, out)
    title = f"{len(experiment.trials)} trials, {len(experiment.enrolment)} speakers"
    Console().print(report.terminal_table(summaries, title))
    click.echo(f"{out / 'report.md'}; not used: {len(origin.passed_over)}")


class EvaluationError(click.ClickException):
    """The lists or recordings are wrong; the message says which."""

    exit_code = 2


def _prepared(
    source: Path,
    lists: Lists,
    amounts: Amounts,
    out: Path,
    hearing: tuple[FeatureCache, Progress],
) -> tuple[Origin, Experiment]:
    """Read the lists, or hear everything and make them."""
    root = source if source.is_dir() else source.parent
    made: Plan | None = None
    passed_over: list[str] = []
    enrol, trials = lists.enrol, lists.trials
    if not lists.are_given:
        made, passed_over = _planned(source, amounts, *hearing)
        enrol, trials = write_lists(made, out)
    assert enrol and trials
    words = ["cepstra", "evaluate", root, "--enrol", enrol, "--trials", trials, "--out", out]
    again = shlex.join(map(str, words))
    experiment = load_experiment(enrol, trials, root, lists.test_audio or root)
    return Origin(source, made, passed_over, again), experiment


def _planned(
    source: Path, amounts: Amounts, cache: FeatureCache, progress: Progress
) -> tuple[Plan, list[str]]:
    found, definition = source_of(source), page_definition()
    paths = {spoken.file: found.root / spoken.file for spoken in found.recordings}
    listening = bar(progress, "recordings", len(set(paths.values())))
    faults = [str(error) for error in cache.hear(paths.values(), definition, listening)]
    recordings, silent = [], []
    for spoken in found.recordings:
        features = cache.features(paths[spoken.file], definition)
        if features is None:
            continue
        speech_s = np.count_nonzero(speech_mask(features.mfcc)) / definition.frames_per_second
        if speech_s:
            recordings.append(
                Recording(spoken.file, spoken.speaker, spoken.session, float(speech_s))
            )
        else:
            silent.append(f"{paths[spoken.file]}: nobody speaks in it")
    return plan(recordings, amounts), [*found.passed_over, *faults, *silent]


def _score(
    names: Sequence[str], experiment: Experiment, cache: FeatureCache, progress: Progress
) -> dict[str, TrialScores]:
    results: dict[str, TrialScores] = {}
    for name in names:
        system = make_system(name)
        missing = cache.missing(experiment.recordings, system.definition, system.wants_lpc)
        listening = bar(progress, f"{name}: features", len(missing)) if missing else None
        scoring = bar(progress, f"{name}: trials", len(experiment.trials))
        results[name] = score_trials(system, experiment, cache, listening, scoring)
    return results
