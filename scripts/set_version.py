"""Write a version wherever one stands: `scripts/set_version.py 1.0.0`, before a release.

`cepstra/__init__.py` says it; the other files repeat it for tools that read nothing else.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = r"[0-9]+\.[0-9]+\.[0-9]+"
# What stands before the version in each file, wherever it stands in it.
BEFORE = {
    "cepstra/__init__.py": r'^__version__ = "',
    "cepstra/client/pyproject.toml": r'^version = "',
    "package.json": r'^  "version": "',
    "package-lock.json": r'"name": "cepstra-page",\s+"version": "',
    "static/js/package.json": r'^  "version": "',
    "CITATION.cff": r"^version: ",
    "deploy/helm/cepstra/Chart.yaml": r'^(?:appVersion: "|version: )',
}


def versions(root: Path = ROOT) -> dict[str, frozenset[str]]:
    """Return what each file says, by its path in `root`."""
    return {
        name: frozenset(re.findall(f"(?m)(?:{before})({VERSION})", (root / name).read_text()))
        for name, before in BEFORE.items()
    }


def set_version(version: str, root: Path = ROOT) -> None:
    """Write the version into every file of `root` that says one.

    Raises:
        SystemExit: it is not MAJOR.MINOR.PATCH.
    """
    if not re.fullmatch(VERSION, version):
        raise SystemExit(f"expected MAJOR.MINOR.PATCH, such as 1.0.0, got {version}")
    for name, before in BEFORE.items():
        path = root / name
        text = re.sub(f"(?m)({before}){VERSION}", rf"\g<1>{version}", path.read_text())
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    set_version(sys.argv[1])
