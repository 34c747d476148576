"""Python, its packages as pinned, and the page's files from npm; the standard library suffices."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from cli.checks.finding import Finding, note, ok, wrong

ROOT = Path(__file__).resolve().parent.parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;]+)")
SERVICE, COMMAND_LINE = "requirements.txt", "requirements-cli.txt"
VENDORED = re.compile(r'(?:src|href)="[^"]*(vendor/[\w.-]+)"')


def check_python() -> Iterable[Finding]:
    """The version that this runs on is new enough."""
    running = ".".join(map(str, sys.version_info[:3]))
    needed = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    if sys.version_info[:2] < tuple(map(int, needed.split(".")[:2])):
        mend = f"make clean, then make run PYTHON=/path/to/python{needed}"
        return [wrong("Python", f"{running} runs, but {needed} or newer is needed", mend)]
    return [ok("Python", running)]


def check_packages() -> Iterable[Finding]:
    """Every package is there in the version that was tested."""
    differing = {name: list(_differing(ROOT / name)) for name in (SERVICE, COMMAND_LINE)}
    for name, what in differing.items():
        if what:
            shown = "; ".join(what[:5]) + ("; and others" if len(what) > 5 else "")
            tell = wrong if name == SERVICE else note
            yield tell("packages", shown, f"{sys.executable} -m pip install -r {name}")
    if not any(differing.values()):
        yield ok("packages", f"as pinned in {SERVICE} and {COMMAND_LINE}")


def check_page() -> Iterable[Finding]:
    """The libraries that npm puts into static/vendor are there."""
    static = ROOT / "static"
    pages = [path.read_text(encoding="utf-8") for path in sorted(static.glob("*.html"))]
    names = sorted({name for text in pages for name in VENDORED.findall(text)})
    missing = [name for name in names if not _has_content(static / name)]
    if not missing:
        return [ok("page", f"{', '.join(names)} are there")]
    found = f"static/{', static/'.join(missing)} missing or empty: the page cannot work"
    path = f"{ROOT / '.venv' / 'bin'}"
    if shutil.which("npm") or shutil.which("npm", path=path):
        return [wrong("page", found, "npm ci")]
    mend = (
        "make setup (it brings Node and npm along), or install Node 20.19 or newer and run npm ci"
    )
    return [wrong("page", f"{found}; npm is not installed either", mend)]


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _differing(requirements: Path) -> Iterator[str]:
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if pinned := PINNED.match(line):
            name, version = pinned.groups()
            try:
                installed = metadata.version(name)
            except metadata.PackageNotFoundError:
                yield f"{name} {version} is not installed"
                continue
            if installed != version:
                yield f"{name} is {installed}, tested with {version}"
