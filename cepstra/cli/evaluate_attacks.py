"""`evaluate-attacks`: the share of attacks accepted, and of honest attempts lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click
import numpy as np
from threadpoolctl import threadpool_limits

from cepstra.cli import _marked_section
from cepstra.cli._marked_section import page_option
from cepstra.cli._options import build_option, shared_option
from cepstra.evaluation.attack_species import DEVICES, SPECIES, Species
from cepstra.evaluation.attacks import Attempt, Findings, Judge, Victim, read_victims
from cepstra.evaluation.corpora import CORPORA, Shared
from cepstra.evaluation.systems import DEFAULT_SYSTEM, make_system
from cepstra.frontend.audio import AudioError
from cepstra.verification.replay import load_replay_detector
from cepstra.verification.spoken_digits import load_spoken_digits

N_ENROLLED = {"speech_commands_dev": 2, "fsdd": 3}
N_NEWEST = 3
FOREIGN = "the asked digit in another voice, the speaker's words behind it"
HEAD = """| {name}: attempt | accepted before | accepted | digits | voice | copy | replay | crowd |
|---|---:|---:|---:|---:|---:|---:|---:|
"""

Draw = Callable[[np.random.Generator, str], Attempt]


@click.command("evaluate-attacks")
@shared_option
@build_option
@click.option("--attempts", default=150, show_default=True, help="Of each kind and corpus.")
@click.option("--seed", default=0, show_default=True, help="Of the draws of attempts.")
@page_option
def command(shared: Path, build: Path, attempts: int, seed: int, page: Path | None) -> None:
    """Attack the speakers of dev and fsdd; the table of docs/security.md."""
    system = make_system(DEFAULT_SYSTEM)
    spoken, detector = load_spoken_digits(N_NEWEST), load_replay_detector()
    judge = Judge(system, spoken, detector)
    parts = []
    threadpool_limits(1)  # several threads on such small products wait for each other
    for corpus in CORPORA:
        places = Shared(shared, build)
        try:
            copies = {device: places.heard(corpus, device) for device in DEVICES}
            victims = read_victims(places.audio(corpus), N_ENROLLED[corpus.name], copies)
            rows = _rows(judge, victims, attempts, seed)
        except AudioError as error:
            raise click.ClickException(str(error)) from error
        parts.append(HEAD.format(name=corpus.name) + rows)
    if page is None:
        click.echo("\n".join(parts))
        return
    _marked_section.replace(page, "evaluate-attacks", "\n".join(parts))


def _rows(judge: Judge, victims: Mapping[str, Victim], n_attempts: int, seed: int) -> str:
    draws: dict[str, Draw] = {
        "honest": lambda rng, name: victims[name].honest(rng),
        **{kind: _attacks(victims, made) for kind, made in SPECIES.items()},
        FOREIGN: lambda rng, name: victims[name].with_foreign_digits(
            rng, victims[str(rng.choice([other for other in victims if other != name]))]
        ),
    }
    models = {name: judge.system.enrol(victim.enrolled) for name, victim in victims.items()}
    rows = []
    for number, (kind, draw) in enumerate(draws.items()):
        rng = np.random.default_rng([seed, number])
        names = [str(name) for name in rng.choice(list(victims), size=n_attempts)]
        found = [judge.findings(victims[n], models[n], draw(rng, n)) for n in names]
        rows.append(_row(kind, found))
    return "".join(rows)


def _attacks(victims: Mapping[str, Victim], made: Species) -> Draw:
    return lambda rng, name: victims[name].attacked(rng, made)


def _row(kind: str, found: list[Findings]) -> str:
    each = {name: np.array([getattr(one, name) for one in found]) for name in vars(found[0])}
    before = ~(each["digits"] | each["voice"] | each["copy"])
    now = before & ~(each["replay"] | each["crowd"])
    shares = [before.mean(), now.mean(), *(found.mean() for found in each.values())]
    return f"| {kind} | {' | '.join(f'{100 * share:.1f}%' for share in shares)} |\n"
