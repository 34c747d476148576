"""`federate-network`: a network fine-tuned by sites that keep their voices, by averaging."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cepstra.cli._options import FOLDER, NEW_FOLDER, gathered
from cepstra.cli._progress import bar, bars
from cepstra.cli._speaker_sessions import source_of
from cepstra.cli._systems import own_name
from cepstra.cli._workers import Workers, workers_options
from cepstra.cli.federate import POSITIVE, check_options, delta_option, site_options
from cepstra.neural.model_folder import NETWORK, ModelFolderError, load_model
from cepstra.training.federated.privacy import epsilon
from cepstra.training.federated.simulation import NetworkPlan
from cepstra.whole_files import write_whole

if TYPE_CHECKING:
    from cepstra.training.federated.network import NetworkOutcome

DEVICES = click.IntRange(0)


@click.command("federate-network")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--start", required=True, type=FOLDER, help="Folder of `train` with the network.")
@gathered(
    "plan",
    NetworkPlan,
    *site_options("How often the sites' networks are averaged.", "a site's change is"),
    click.option(
        "--steps",
        default=20,
        type=POSITIVE,
        help="Batches of a site in a round.",
    ),
    click.option(
        "--devices",
        default=1,
        type=DEVICES,
        help="Simulated devices that each recording is heard on too.",
    ),
)
@delta_option
@click.option("--out", type=NEW_FOLDER, help="Folder for the averaged network.")
@workers_options
def command(
    source: Path, start: Path, plan: NetworkPlan, delta: float, out: Path | None, workers: Workers
) -> None:
    """Fine-tune a network of `dense-stats` at sites that keep the voices of a folder SPEAKER/*.

    Speakers are dealt to simulated sites, which run in threads and send, over Flower, what their
    steps change in the network; the server averages the changes. A fifth of the speakers, ten or
    more, take no part, and tell how well the networks of all sites, of each by itself and of
    everybody in one place hear voices that none has heard.

    Needs PyTorch: make setup-training.
    """
    check_options(plan)
    if out:
        own_name(out, "--out")
    try:
        load_model(start)
    except ModelFolderError as error:
        raise click.ClickException(str(error)) from error
    try:
        outcome = _outcome(source, (start / NETWORK).read_bytes(), plan, workers)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    for line in outcome.broken:
        click.echo(f"not used: {line}", err=True)
    _show(outcome, plan, delta)
    if out:
        write_whole(out / NETWORK, outcome.network)
        click.echo(f"{out / NETWORK}: calibrated on the speakers held out")


def _outcome(source: Path, content: bytes, plan: NetworkPlan, workers: Workers) -> NetworkOutcome:
    from cepstra.training.federated.network import simulate
    from cepstra.training.networks.own_voices import own_voices

    found = source_of(source)
    for line in found.passed_over:
        click.echo(line, err=True)
    voices = own_voices(found.root, found.recordings, plan.seed)
    with workers.started() as engine, bars() as progress:
        return simulate(content, voices, plan, engine, partial(bar, progress))


def _show(outcome: NetworkOutcome, plan: NetworkPlan, delta: float) -> None:
    alone = sorted(outcome.alone, reverse=True)
    click.echo(
        f"{outcome.n_speakers} speakers at {plan.sites} sites, {outcome.n_held_out} held out; "
        f"sites in each round: {' '.join(map(str, outcome.n_sites))}"
    )
    click.echo("mean EER of the held-out speakers over conditions, in %:")
    click.echo(f"  before                   {outcome.start:6.2f}")
    click.echo(f"  one site alone, worst    {alone[0]:6.2f}")
    click.echo(f"  one site alone, mean     {sum(alone) / len(alone):6.2f}")
    click.echo(f"  one site alone, best     {alone[-1]:6.2f}")
    click.echo(f"  all sites, averaged      {outcome.together:6.2f}")
    click.echo(f"  all voices in one place  {outcome.pooled:6.2f}")
    if plan.clip is not None:
        # What one voice more or less makes a site send differs by twice the clip at most.
        loss = epsilon(plan.noise / 2, plan.rounds, delta)
        click.echo(f"privacy loss of a site's voices: epsilon {loss:.1f} at delta {delta:g}")
