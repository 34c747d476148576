"""`evaluate-attacks`: the share of attacks accepted, and of honest attempts lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from rich.progress import Progress

from cepstra.cli._marked_section import page_option, show
from cepstra.cli._options import SEED, shared_options
from cepstra.cli._progress import bar, bars
from cepstra.cli._workers import Workers, workers_options
from cepstra.evaluation import attack_trials
from cepstra.evaluation.attack_species import DEVICES
from cepstra.evaluation.attack_trials import N_CLIMBERS, Climb, Scene, Trial
from cepstra.evaluation.attacks import Findings
from cepstra.evaluation.corpora import CORPORA, Corpus, Shared
from cepstra.jobs.engine import Engine

N_ENROLLED = {"speech_commands_dev": 2, "fsdd": 3}
COLUMNS = "attempts | accepted | without the rules | digits | voice | copy | replay | crowd"
HEAD = f"| {{name}}: attempt | {COLUMNS} |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"


@click.command("evaluate-attacks")
@shared_options
@click.option("--attempts", default=60, help="Of each kind and corpus.")
@click.option("--queries", default=1000, help="Of each hill-climb.")
@click.option("--seed", default=0, type=SEED, help="Of the draws of attempts.")
@page_option
@workers_options
def command(
    shared: Shared, attempts: int, queries: int, seed: int, page: Path | None, workers: Workers
) -> None:
    """Attack the speakers of dev and fsdd; the tables of docs/security.md."""
    scenes = {corpus.name: _scene(shared, corpus) for corpus in CORPORA}
    parts = []
    with workers.started() as engine, bars() as progress:
        for name, scene in scenes.items():
            trials = [Trial(scene, kind, attempts, seed) for kind in attack_trials.kinds()]
            parts.append(_table(name, engine, trials, progress))
            parts.append(_climbs(name, engine, scene, queries, progress))
    show(page, "\n".join(parts))


def _scene(shared: Shared, corpus: Corpus) -> Scene:
    copies = tuple((device, shared.heard(corpus, device)) for device in DEVICES)
    return Scene(shared.audio(corpus), N_ENROLLED[corpus.name], copies)


def _table(name: str, engine: Engine, trials: Sequence[Trial], progress: Progress) -> str:
    advance = bar(progress, name, len(trials))
    rows = []
    for trial, found in zip(trials, engine.map(attack_trials.tried, trials), strict=True):
        rows.append(_row(trial.kind, found))
        advance(1)
    return HEAD.format(name=name) + "".join(rows)


def _row(kind: str, found: Sequence[Findings]) -> str:
    each = {name: np.array([getattr(one, name) for one in found]) for name in vars(found[0])}
    accepted = np.mean([one.is_accepted for one in found])
    without = np.mean(~(each["digits"] | each["voice"] | each["copy"]))
    shares = [accepted, without, *(one.mean() for one in each.values())]
    return f"| {kind} | {len(found)} | {' | '.join(f'{100 * share:.1f}%' for share in shares)} |\n"


def _climbs(name: str, engine: Engine, scene: Scene, n_queries: int, progress: Progress) -> str:
    n_climbers = min(N_CLIMBERS, attack_trials.n_speakers(scene))
    climbs = [Climb(scene, attacker, n_queries) for attacker in range(n_climbers)]
    advance = bar(progress, f"{name}: hill-climb", len(climbs))
    firsts = []
    for found in engine.map(attack_trials.climb, climbs):
        firsts.append(found)
        advance(1)
    each = np.concatenate(firsts)
    reached = sorted(each[each > 0].tolist())
    after = f", after {', '.join(map(str, reached))} queries" if reached else ""
    return (
        f"{name}: hill-climb by decisions alone, {n_queries} queries: "
        f"{len(reached)} of {len(each)} pairs reached an accepted plain attempt{after}.\n"
    )
