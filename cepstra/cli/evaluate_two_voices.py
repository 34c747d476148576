"""`evaluate-two-voices`: takes refused at enrolment, and another voice on a profile."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from cepstra.cli._marked_section import page_option, show
from cepstra.cli._options import SEED, shared_options
from cepstra.evaluation.attacks import read_victims
from cepstra.evaluation.corpora import CORPORA, Shared
from cepstra.evaluation.report import table
from cepstra.evaluation.systems import default_system
from cepstra.evaluation.two_voices import TwoVoices, two_voices

N_ROUNDS = 2


@click.command("evaluate-two-voices")
@shared_options
@click.option("--speakers", default=20, help="Of each corpus, at most.")
@click.option("--seed", default=0, type=SEED, help="Of the draws of speakers.")
@page_option
def command(shared: Shared, speakers: int, seed: int, page: Path | None) -> None:
    """Enrol speakers of dev and fsdd, then others on their profiles; docs/security.md."""
    system, found = default_system().system, {}
    for corpus in CORPORA:
        victims = read_victims(shared.audio(corpus), N_ROUNDS, {})
        names = np.random.default_rng(seed).permutation(list(victims))[:speakers]
        found[corpus.name] = two_voices(system, victims, [str(name) for name in names], seed)
    show(page, _table(found))


def _table(found: dict[str, TwoVoices]) -> str:
    columns = list(found.values())
    rows = [
        ("own takes refused", *[str(each.honest_refused) for each in columns]),
        ("another voice's takes let in", *[str(each.let_in) for each in columns]),
    ]
    for key in columns[0].accepted:
        said_by, profile = key
        voice = "the speaker" if said_by == "own" else "the other voice"
        cells = [str(each.accepted[key]) for each in columns]
        rows.append((f"{voice} accepted, {profile}", *cells))
    for profile in columns[0].told:
        cells = [str(each.told[profile]) for each in columns]
        rows.append((f"unlike takes told, {profile}", *cells))
    return table(("", *found), rows)
