"""What is wrong with corpora, lists and recordings, told in one line."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import click

from cepstra.evaluation.protocol import ProtocolError
from cepstra.frontend.audio import AudioError


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End a command with one line where a file cannot be used; decorates the command.

    Raises:
        click.ClickException: a recording, a list or a corpus is missing or broken.
    """
    try:
        yield
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"the copies could not be made: {error}") from error
    except (AudioError, FileNotFoundError, ProtocolError) as error:
        raise click.ClickException(str(error)) from error
