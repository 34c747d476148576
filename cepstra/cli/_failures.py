"""What ends a command with one line and a status of its own."""

from __future__ import annotations

from pathlib import Path

import click

from cepstra.config import SettingError
from cepstra.exit_status import Exit

ROOT = Path(__file__).resolve().parent.parent.parent


class MisuseError(click.ClickException):
    """What a command was given cannot be used; the message says which and why."""

    exit_code = Exit.USAGE


class UnusableRecordingError(click.ClickException):
    """A recording cannot be read, or nobody speaks in it."""

    exit_code = Exit.BAD_FILE


class UnusableServiceError(click.ClickException):
    """The service or store does not answer, or refuses."""

    exit_code = Exit.NO_SERVICE


def wrong_input(error: ValueError) -> click.ClickException | None:
    """Return what ends a command for a wrong setting, recording or list; None for another error."""
    from cepstra.evaluation.protocol import ProtocolError  # both load NumPy: not for `--help`
    from cepstra.frontend.audio_errors import AudioError

    if isinstance(error, SettingError):
        return click.BadParameter(str(error))
    if isinstance(error, AudioError):
        return UnusableRecordingError(str(error))
    return MisuseError(str(error)) if isinstance(error, ProtocolError) else None


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
