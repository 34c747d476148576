"""What is wrong with corpora, lists and recordings, told in one line."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import click

from cepstra.cli._answer import UnusableRecordingError
from cepstra.evaluation.protocol import ProtocolError
from cepstra.frontend.audio import AudioError


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End a command with one line where a file cannot be used; decorates the command.

    Raises:
        click.ClickException: a recording or a list is wrong.
    """
    try:
        yield
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"the copies could not be made: {error}") from error
    except (AudioError, ProtocolError) as error:
        raise failure(error) from error


def failure(error: Exception) -> click.ClickException:
    """Return what ends a command for an error: a recording's has a status of its own."""
    kind = UnusableRecordingError if isinstance(error, AudioError) else click.ClickException
    return kind(str(error))
