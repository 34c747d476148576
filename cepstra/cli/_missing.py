"""What to do about a package that is not installed."""

from __future__ import annotations

from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent.parent


class MissingPackageError(click.ClickException):
    """A command needs a package that is not there."""

    def __init__(self, command: str | None, module: str | None) -> None:
        text = f"{command} needs {module}, which is not installed: {how_to_install(module)}"
        super().__init__(text)


def how_to_install(module: str | None) -> str:
    """Return the command that brings a module, in a checkout or beside an installed wheel."""
    is_flower = module in ("flwr", "grpc", "iterators", "Crypto")
    trains = module in ("torch", "onnx")
    if (ROOT / "Makefile").is_file():
        needed = "tests" if is_flower else "training" if trains else "cli"
        return f"make setup-{needed}"
    if is_flower:
        return "pip install 'cepstra[cli,federated]' and pip install --no-deps flwr==1.42.0"
    if trains:
        return "pip install 'cepstra[training]'"
    in_checkout = module in ("benchmarks", "psutil", "playwright")
    return "it runs in a checkout only" if in_checkout else "pip install 'cepstra[cli]'"
