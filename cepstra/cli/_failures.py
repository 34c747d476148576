"""What ends a command with one line and a status of its own."""

from __future__ import annotations

import click

from cepstra.config import SettingError
from cepstra.exit_status import Exit


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
