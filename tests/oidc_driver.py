"""The commands of integrations/oidc, as an operator runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from surroundings import ROOT


def run_oidc(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "oidc", *map(str, arguments)]
    done = subprocess.run(command, env=paths(folder), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


def paths(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'integrations'}:{folder}"}
