"""`federate`: a background mixture of voices at several sites, by adding their sums."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from threadpoolctl import threadpool_limits

from cepstra.cli._folders import speakers_in
from cepstra.cli._options import FOLDER, NEW_FILE, Decorator, FiniteRange, gathered, seed_option
from cepstra.cli._progress import one_bar
from cepstra.frontend import extract, page_definition, rounded
from cepstra.frontend.audio import AudioError, read_audio
from cepstra.gmm.speech import speech_mask
from cepstra.gmm.streams import WIDE, cmn
from cepstra.training.federated.privacy import epsilon
from cepstra.training.federated.simulation import Outcome, Plan, Sites, simulate
from cepstra.verification.shipped import load_background
from cepstra.whole_files import write_whole

POSITIVE = click.IntRange(1)


def site_options(rounds: str, clip: str) -> tuple[Decorator, ...]:
    """Return the options of `Sites`.

    Args:
        rounds: what a round is.
        clip: what is scaled down, with its verb.
    """
    return (
        click.option("--sites", default=10, type=POSITIVE, help="How many."),
        click.option("--rounds", default=10, type=POSITIVE, help=rounds),
        click.option("--leave", type=POSITIVE, help="Round before which the last site leaves."),
        click.option(
            "--clip",
            type=FiniteRange(0, min_open=True),
            help=f"L2 norm to which {clip} scaled down; without, nothing is protected.",
        ),
        click.option(
            "--noise",
            default=0.0,
            type=FiniteRange(0),
            help="Standard deviation of the noise that each site adds, in units of --clip.",
        ),
        seed_option,
    )


delta_option = click.option(
    "--delta",
    default=1e-5,
    type=FiniteRange(0, 1, min_open=True, max_open=True),
    help="Delta of the privacy loss.",
)


def check_options(plan: Sites) -> None:
    """Refuse noise that protects nothing, and a site that would stay to the end.

    Raises:
        click.UsageError: --noise without --clip, or --leave beyond --rounds.
    """
    if plan.leave and plan.leave > plan.rounds:
        text = (
            f"--leave {plan.leave}: expected one of the {plan.rounds} rounds; no site would leave"
        )
        raise click.UsageError(text)
    if plan.noise and plan.clip is None:
        raise click.UsageError("--noise protects nothing without --clip")


@click.command("federate")
@click.argument("folder", type=FOLDER)
@gathered(
    "plan",
    Plan,
    *site_options("Steps of EM.", "one voice's sums are"),
    click.option("--components", default=64, type=POSITIVE, help="Gaussians."),
)
@delta_option
@click.option("--out", type=NEW_FILE, help="File for the mixture (safetensors).")
def command(folder: Path, plan: Plan, delta: float, out: Path | None) -> None:
    """Fit a mixture of the voices in FOLDER/SPEAKER/* at sites that keep them, over Flower.

    Speakers are dealt to simulated sites, which run in threads. A quarter of them take no part,
    and tell how well the mixture of all sites, of each by itself and of everybody in one place
    fit a voice that none has heard.
    """
    check_options(plan)
    voices = _voices(folder)
    try:
        with threadpool_limits(1), one_bar("steps", plan.n_steps) as step:  # sites are threads
            outcome = simulate(voices, load_background().cmn, plan, step)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    _show(outcome, plan, delta)
    if out:
        mixture = outcome.mixture
        arrays = {"weights": mixture.weights, "means": mixture.means}
        write_whole(out, save({**arrays, "variances": mixture.variances}))
        click.echo(f"{out}: {plan.components} Gaussians over {WIDE.n_dims} dimensions")


def _voices(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Name -> (T, D) vectors of those who speak; what is left out is told."""
    found = speakers_in(folder)
    for line in found.passed_over:
        click.echo(line, err=True)
    with one_bar("speakers", len(found.speakers)) as hearing:
        voices = {}
        for name, paths in found.speakers.items():
            voices[name] = _vectors(paths)
            hearing(1)
    return {name: vectors for name, vectors in voices.items() if len(vectors)}


def _vectors(paths: list[Path]) -> NDArray[np.float32]:
    """(T, D) vectors of the speech in recordings, mean removed in each."""
    parts = [np.zeros((0, WIDE.n_dims), np.float32)]
    for path in paths:
        try:
            samples = read_audio(path, page_definition().sample_rate_hz)
        except AudioError as error:
            click.echo(f"left out: {error}", err=True)
            continue
        mfcc = rounded(extract(samples)).mfcc.astype(np.float32)
        if len(mfcc):
            speech = speech_mask(mfcc)
            parts.append(cmn(WIDE.vectors([mfcc]), speech)[speech])
    return np.concatenate(parts)


def _show(outcome: Outcome, plan: Plan, delta: float) -> None:
    click.echo(
        f"{outcome.n_voices} voices at {plan.sites} sites, {outcome.n_held_out} held out; "
        f"sites in each round: {' '.join(str(each.n_sites) for each in outcome.rounds)}"
    )
    alone = sorted(outcome.alone)
    click.echo("mean log-likelihood of a held-out frame, in nats:")
    click.echo(f"  before                   {outcome.start:8.3f}")
    click.echo(f"  one site alone, worst    {alone[0]:8.3f}")
    click.echo(f"  one site alone, best     {alone[-1]:8.3f}")
    click.echo(f"  all sites, their sums    {outcome.together:8.3f}")
    click.echo(f"  all voices in one place  {outcome.pooled:8.3f}")
    click.echo(f"largest difference to one place: {outcome.difference:.1e}")
    if plan.clip is not None:
        loss = epsilon(plan.noise, plan.rounds, delta)
        click.echo(f"privacy loss of one voice: epsilon {loss:.1f} at delta {delta:g}")
