"""`evaluate-identification`: who of all enrolled speakers, and strangers, in every condition."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from cepstra.cli._marked_section import kept
from cepstra.cli._options import shared_options
from cepstra.cli._progress import bar, bars
from cepstra.cli._workers import Workers, workers_options
from cepstra.evaluation.corpora import CONDITIONS, CORPORA, Corpus, Shared
from cepstra.evaluation.identification import (
    EnrolledSpeakers,
    Identifications,
    attempts_of,
    enrol,
    identify,
)
from cepstra.evaluation.identification_report import page
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment
from cepstra.evaluation.system import RecordedTake
from cepstra.evaluation.systems import default_system
from cepstra.frontend import page_definition
from cepstra.training.recordings import find_recordings
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.whole_files import write_whole

COMMAND = (
    "cepstra evaluate-identification --shared ../shared --strangers --out docs/identification.md"
)


@dataclass(frozen=True)
class IdentificationRun:
    """What every part of a run needs."""

    system: FusionVerifier
    shared: Shared
    cache: FeatureCache
    progress: Progress
    conditions: Sequence[str]


@click.command("evaluate-identification")
@shared_options
@click.option("--out", type=click.Path(path_type=Path), help="Markdown page to write.")
@click.option("--corpus", "names", multiple=True, help="Only these; may be repeated.")
@click.option(
    "--condition",
    "conditions",
    multiple=True,
    type=click.Choice(CONDITIONS),
    default=CONDITIONS,
    help="How recordings are heard; may be repeated.",
)
@click.option("--strangers", is_flag=True, help="Search among the background speakers too.")
@workers_options
def command(
    shared: Shared,
    out: Path | None,
    names: Sequence[str],
    conditions: Sequence[str],
    strangers: bool,
    workers: Workers,
) -> None:
    """Identify every attempt of the protocol among all its speakers."""
    system = default_system().system
    results: dict[str, dict[str, Identifications]] = {}
    with workers.started() as engine, bars() as progress:
        cache = FeatureCache(engine)
        run = IdentificationRun(system, shared, cache, progress, conditions)
        others = _strangers(run) if strangers else None
        for corpus in CORPORA:
            if not names or corpus.name in names:
                results[corpus.name] = _corpus(run, corpus, others)
    text = page(results, system, COMMAND, 0 if others is None else len(others))
    if out:
        write_whole(out, text + kept(out, "bench-voiceprint-index"))
    click.echo(text)


def _corpus(
    run: IdentificationRun, corpus: Corpus, strangers: NDArray[np.float32] | None
) -> dict[str, Identifications]:
    enrolled: EnrolledSpeakers | None = None
    results: dict[str, Identifications] = {}
    for condition in run.conditions:
        experiment = run.shared.experiment(corpus, condition)
        enrolled = enrolled or enrol(run.system, _enrolment(run, experiment))
        attempts = _attempts(run, experiment)
        results[condition] = identify(
            run.system,
            enrolled,
            attempts,
            strangers,
            bar(run.progress, f"{corpus.name}, {condition}", len(attempts)),
        )
    return results


def _enrolment(run: IdentificationRun, experiment: Experiment) -> dict[str, list[RecordedTake]]:
    takes = run.cache.takes(experiment.enrol_paths, page_definition())
    return {s: [takes[name] for name in files] for s, files in experiment.enrolment.items()}


def _attempts(
    run: IdentificationRun, experiment: Experiment
) -> list[tuple[str, list[RecordedTake]]]:
    spoken = attempts_of(experiment.trials)
    used = {name: experiment.test_paths[name] for _, files in spoken for name in files}
    takes = run.cache.takes(used, page_definition())
    return [(speaker, [takes[name] for name in files]) for speaker, files in spoken]


def _strangers(run: IdentificationRun) -> NDArray[np.float32]:
    """(M, D) voiceprints of the background speakers."""
    recordings = find_recordings(run.shared.folder / "corpora")
    takes = run.cache.takes(
        {str(r.path): r.path for r in recordings},
        page_definition(),
        bar(run.progress, "strangers", len(recordings)),
    )
    by_speaker: dict[str, list[RecordedTake]] = {}
    for recording in recordings:
        by_speaker.setdefault(recording.speaker, []).append(takes[str(recording.path)])
    return enrol(run.system, by_speaker).voiceprints
