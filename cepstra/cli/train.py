"""`train`: fit a network on recordings of one's own."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shlex
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from cepstra.cli._options import NEW_FOLDER, gathered, seed_option
from cepstra.cli._progress import bar, bars
from cepstra.cli._speaker_sessions import FIRST_FAULTS, Source, source_of
from cepstra.cli._systems import own_name
from cepstra.cli._workers import Workers, workers_options
from cepstra.neural.model_folder import CARD, NETWORK
from cepstra.training.networks.families import OWN_FAMILIES
from cepstra.training.networks.model_card import card, told
from cepstra.whole_files import DamagedFileError, expected_whole, write_whole

if TYPE_CHECKING:
    from cepstra.training.networks.own_network import Trained

ASKED, HELD_OUT, UNFINISHED = "asked.json", "held-out.csv", "unfinished"
_BEGIN_ANEW = "to begin anew, remove"


@dataclass(frozen=True)
class TrainingOptions:
    """What a training goes by.

    Attributes:
        family: of the network.
        seed: of everything random.
        devices: simulated ones that each recording is heard on.
        rounds: at most.
        round_steps: batches of a round.
        patience: rounds that may bring nothing.
    """

    family: str
    seed: int
    devices: int
    rounds: int
    round_steps: int
    patience: int


def _number(name: str, default: int, least: int, meaning: str) -> Any:
    kind = click.IntRange(least)
    return click.option(name, default=default, type=kind, help=meaning)


training_options = gathered(
    "options",
    TrainingOptions,
    click.option(
        "--family",
        required=True,
        type=click.Choice(OWN_FAMILIES),
        help="Kind of network.",
    ),
    seed_option,
    _number("--devices", 5, 0, "Simulated devices that each recording is heard on too."),
    _number("--rounds", 60, 1, "Rounds of the fit, at most."),
    _number("--round-steps", 50, 1, "Batches of a round."),
    _number("--patience", 8, 1, "Rounds that bring nothing and end the fit."),
)


@click.command("train")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--to", "out", required=True, type=NEW_FOLDER, help="Folder of the model.")
@training_options
@click.option("--resume", is_flag=True, help="Go on with a training that was interrupted.")
@workers_options
def command(
    source: Path, out: Path, options: TrainingOptions, resume: bool, workers: Workers
) -> None:
    """Fit a network on a folder SPEAKER/*, or a CSV with columns path, name and, if known, session.

    Twenty speakers are the least. A fifth of them, ten or more, train nothing: they calibrate the
    network's scores, and `held-out.csv` lists them for `cepstra evaluate`. Recordings of the others
    that are kept from the training, of the last session where there are several, tell when to
    stop. The folder's name is the network's; the service needs `network.onnx` of it alone.

    Needs PyTorch: make setup-training. A GPU is used where there is one. The same recordings
    and seed give the same file on the same machine.
    """
    found = source_of(source)
    name = own_name(out, "--to")
    _begin(out, _asked(found, options), resume)
    trained = _trained(found, out, options, workers)
    again = _command(source, out, options)
    text = card(name, options.family, again, trained.figures)
    write_whole(out / CARD, text.encode("utf-8", "backslashreplace"))
    write_whole(out / NETWORK, trained.network)  # the last one: what has it is whole
    shutil.rmtree(out / UNFINISHED)
    _show(out, options, trained.figures)
    click.echo(f"measure it: cepstra evaluate {out / HELD_OUT} --model {out}")
    click.echo(f"serve it: MODEL_FOLDERS={out} cepstra serve, and /score?system={name}")
    for line in [*found.passed_over, *trained.broken]:
        click.echo(f"not used: {line}")


def _asked(found: Source, options: TrainingOptions) -> Mapping[str, Any]:
    """What has to be the same where a training is gone on with."""
    listed = [(r.file, r.speaker, r.session) for r in found.recordings]
    digest = hashlib.sha256(json.dumps(listed).encode()).hexdigest()
    same = {"family": options.family, "seed": options.seed, "devices": options.devices}
    return {**same, "round-steps": options.round_steps, "recordings": digest}


def _command(source: Path, out: Path, options: TrainingOptions) -> str:
    asked = vars(options).items()
    words = [w for name, value in asked for w in (f"--{name.replace('_', '-')}", value)]
    return shlex.join(map(str, ["cepstra", "train", source, "--to", out, *words]))


def _begin(out: Path, asked: Mapping[str, Any], resume: bool) -> None:
    """Make the folder for what is unfinished, or see that it is of the same training.

    Raises:
        click.ClickException: there is a network, or another unfinished training.
    """
    if (out / NETWORK).exists():
        raise click.ClickException(f"{out}: expected a folder without a network, got one with it")
    kept = out / UNFINISHED / ASKED
    if kept.is_file():
        if not resume:
            text = f"{out}: a training was interrupted there; --resume goes on with it"
            raise click.ClickException(f"{text}, or remove {out / UNFINISHED}")
        before = _asked_before(kept)
        for name, value in asked.items():
            if before.get(name) != value:
                text = f"expected {name} {before.get(name)} as before, got {value}"
                raise click.ClickException(f"--resume: {text}")
    elif (out / UNFINISHED).is_dir() and any((out / UNFINISHED).iterdir()):
        text = f"{kept}: expected what the training was asked for beside what is unfinished"
        raise click.ClickException(f"{text}, got no such file; {_BEGIN_ANEW} {out / UNFINISHED}")
    write_whole(kept, json.dumps(asked))


def _asked_before(kept: Path) -> dict[str, Any]:
    try:
        with expected_whole(kept):
            return dict(json.loads(kept.read_text(encoding="utf-8")))
    except DamagedFileError as error:
        raise click.ClickException(f"{error.what}; {_BEGIN_ANEW} {kept.parent}") from error


def _trained(found: Source, out: Path, options: TrainingOptions, workers: Workers) -> Trained:
    from cepstra.training.networks.early_stopping import Rounds
    from cepstra.training.networks.own_network import OwnRequest, train_own
    from cepstra.training.networks.own_voices import TooFewError, own_voices

    rounds = Rounds(options.round_steps, options.rounds, options.patience)
    try:
        voices = own_voices(found.root, found.recordings, options.seed)
        with workers.started() as engine, bars() as progress:
            request = OwnRequest(
                options.family,
                voices,
                out,
                options.seed,
                options.devices,
                rounds,
                engine,
                partial(bar, progress),
            )
            trained = train_own(request)
    except TooFewError as error:  # another error leaves what was computed to --resume
        shutil.rmtree(out / UNFINISHED)
        if not any(out.iterdir()):
            out.rmdir()
        text = "\n".join([str(error), *found.passed_over[:FIRST_FAULTS]])
        raise click.ClickException(text) from error
    _list_held_out(found, voices.held_out, out / HELD_OUT)
    return trained


def _list_held_out(found: Source, names: Collection[str], path: Path) -> None:
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["path", "name", "session"])
    for spoken in found.recordings:
        if spoken.speaker in names:
            place = (found.root / spoken.file).resolve()
            rows.writerow([place, spoken.speaker, spoken.session])
    write_whole(path, file.getvalue())


def _show(out: Path, options: TrainingOptions, figures: Mapping[str, float]) -> None:
    table = Table("figure", "value", title=f"{options.family}, seed {options.seed}, in {out}")
    for name, value in figures.items():
        table.add_row(name, told(name, value))
    Console().print(table)
