"""The options that say which verifiers are measured: shipped ones, and networks of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from cepstra.cli._options import FOLDER, Decorator, gathered
from cepstra.evaluation.system import System
from cepstra.evaluation.systems import REGISTRY, own_system
from cepstra.neural.model_folder import ModelFolderError, model_name


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
            try:
                name = model_name(folder)
                system = own_system(folder)
            except ModelFolderError as error:
                raise click.UsageError(f"--model: {error}") from error
            if name in REGISTRY or name in made:
                text = f"expected folders of names that no system has, got {name} twice"
                raise click.UsageError(f"--model: {text}")
            made[name] = system
        return made

    @property
    def words(self) -> list[str]:
        """Return the options, as they are written."""
        systems = [word for name in self.systems for word in ("--system", name)]
        return [*systems, *(word for folder in self.models for word in ("--model", str(folder)))]


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
