"""Resolve the dependencies of pyproject.toml anew: requirements.lock and requirements.txt.

requirements.lock pins everything but the training of networks, with hashes, for every platform;
scripts/install-locked reads it.
requirements.txt is the part of it that the service runs on. Versions that still fit are kept;
`--upgrade` takes the newest. Needs uv: `make lock` installs it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK, SERVICE = ROOT / "requirements.lock", ROOT / "requirements.txt"
EXTRAS = ("build", "chart", "cli", "dev", "federated", "mutants", "oidc", "release", "wyoming")
HEAD = "# Made from pyproject.toml by `make lock`; {what}.\n"


def main() -> None:
    """Write both files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    left_out = project["tool"]["cepstra"]["not-in-the-service"]
    dependencies = project["project"]["dependencies"]
    of_service = [each for each in dependencies if _name(each) not in left_out]
    extras = project["project"]["optional-dependencies"]
    locked = [each for name in EXTRAS for each in extras[name]]
    _resolve(LOCK, [*dependencies, *locked], "all but `training`", *sys.argv[1:])
    _resolve(SERVICE, of_service, "what the service runs on", "--constraints", str(LOCK))


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=~! ]", requirement, maxsplit=1)[0]


def _resolve(target: Path, requirements: list[str], what: str, *options: str) -> None:
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "-", "--quiet"]
    command += ["--universal", "--python-version=3.11", "--generate-hashes", "--no-header"]
    command += ["--no-annotate", f"--output-file={target}", *options]
    wanted = "\n".join(each for each in requirements if not each.startswith("cepstra["))
    subprocess.run(command, input=wanted, text=True, check=True, cwd=ROOT)
    target.write_text(HEAD.format(what=what) + target.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main()
