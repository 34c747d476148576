"""The options that say which verifiers are measured: shipped ones, and networks of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from cepstra.cli._options import FOLDER, Decorator, gathered
from cepstra.evaluation.system import System
from cepstra.evaluation.systems import REGISTRY, own_system
from cepstra.neural.model_folder import ModelFolderError, future_name


@dataclass(frozen=True)
class Chosen:
    """What is to be measured.

    Attributes:
        systems: names of shipped ones.
        models: folders that `cepstra train` wrote.
    """

    systems: Sequence[str]
    models: Sequence[Path]

    def made(self) -> dict[str, System]:
        """Return the verifiers by name, that of a folder being the folder's.

        Raises:
            click.UsageError: a folder holds no network, or two have one name.
        """
        made = {name: shipped_system(name) for name in dict.fromkeys(self.systems)}
        for folder in self.models:
            name = own_name(folder, "--model")
            if name in made:
                raise click.UsageError(
                    f"--model: expected folders of different names, got {name} twice"
                )
            try:
                made[name] = own_system(folder)
            except ModelFolderError as error:
                raise click.UsageError(f"--model: {error}") from error
        return made

    @property
    def words(self) -> list[str]:
        """Return the options, as they are written."""
        systems = [word for name in self.systems for word in ("--system", name)]
        return [*systems, *(word for folder in self.models for word in ("--model", str(folder)))]


def own_name(folder: Path, option: str) -> str:
    """Return the name that a folder gives its network, or the one that it is to hold.

    Raises:
        click.UsageError: it cannot be told from a shipped system, or is none for an address.
    """
    try:
        name = future_name(folder)
    except ModelFolderError as error:
        raise click.UsageError(f"{option}: {error}") from error
    if name in REGISTRY:
        text = f"expected a folder of a name that no shipped system has, got {name}"
        raise click.UsageError(f"{option}: {text}")
    return name


def shipped_system(name: str) -> System:
    """Make a registered system.

    Raises:
        click.UsageError: it needs a file that is not there.
    """
    try:
        return REGISTRY[name]()
    except ValueError as error:
        raise click.UsageError(f"--system {name}: {error}") from error


def chosen_options(default: Sequence[str]) -> Decorator:
    """Add --system and --model; the command gets both as `chosen`."""
    return gathered(
        "chosen",
        Chosen,
        click.option(
            "--system",
            "systems",
            multiple=True,
            default=default,
            type=click.Choice(list(REGISTRY)),
            help="Verifier to run; may be repeated.",
        ),
        click.option(
            "--model",
            "models",
            multiple=True,
            type=FOLDER,
            help="Folder of `train`, whose network is run beside them; may be repeated.",
        ),
    )
