"""Run client commands in this process: the real command line without a second to start Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from click.testing import CliRunner, Result
from surroundings import ROOT

from cepstra.cli._commands import main


def run_python(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, in the repository's folder."""
    command = [sys.executable, *map(str, arguments)]
    given = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True)


class Commands:
    """Calls the command line with one environment, that of a service or of a local store."""

    def __init__(self, **environment: str) -> None:
        self._environment = {"CEPSTRA_URL": None, "CEPSTRA_TOKEN": None, **environment}

    def run(self, *arguments: object, answer: str | bytes | None = None) -> Result:
        """Run a command; `answer` is typed into it. A crash fails the test."""
        environment = {"COLUMNS": "160", **self._environment}
        words = [str(argument) for argument in arguments]
        return CliRunner(catch_exceptions=False).invoke(main, words, answer, environment)

    def json(self, *arguments: object, status: int = 0) -> Any:
        """Run a command with --json and return what it prints."""
        done = self.run("--json", *arguments)
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)
