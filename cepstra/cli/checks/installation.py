"""Python, its packages as pinned, and the page's files from npm; the standard library suffices."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from cepstra.cli.checks.finding import Finding, note, ok, wrong

PACKAGE = Path(__file__).resolve().parent.parent.parent
ROOT = PACKAGE.parent
IS_CHECKOUT = (ROOT / ".python-version").is_file()
PINNED = re.compile(
    r"^([\w.-]+)==(\S+)(?: \\)?$"
)  # not those with a marker: some platforms lack them
SERVICE, LOCK = ROOT / "requirements.txt", ROOT / "requirements.lock"
VENDORED = re.compile(r'(?:src|href)="[^"]*(vendor/[\w.-]+)"')


def check_python() -> Iterable[Finding]:
    """The version that this runs on is new enough."""
    running = ".".join(map(str, sys.version_info[:3]))
    needed = (ROOT / ".python-version").read_text(encoding="utf-8").strip() if IS_CHECKOUT else "3"
    if sys.version_info[:2] < tuple(map(int, needed.split(".")[:2])):
        mend = f"make clean, then make run PYTHON=/path/to/python{needed}"
        return [wrong("Python", f"{running} runs, but {needed} or newer is needed", mend)]
    return [ok("Python", running)]


def check_packages() -> Iterable[Finding]:
    """Every package is there, of a checkout in the version that was tested."""
    service, commands = list(_differing(_pins(SERVICE))), list(_differing(_of_commands()))
    if service:
        yield wrong(
            "packages", _some(service), f"{sys.executable} -m pip install -r {SERVICE.name}"
        )
    if commands:
        mend = "make setup-cli" if IS_CHECKOUT else "pip install 'cepstra[cli]'"
        yield note("packages", _some(commands), mend)
    if not service and not commands:
        yield ok("packages", "as they were tested" if IS_CHECKOUT else "all are there")


def check_page() -> Iterable[Finding]:
    """The libraries that npm puts into static/vendor are there."""
    static = PACKAGE / "static"
    pages = [path.read_text(encoding="utf-8") for path in sorted(static.glob("*.html"))]
    names = sorted({name for text in pages for name in VENDORED.findall(text)})
    files = {name: static / name for name in names}
    missing = [name for name, path in files.items() if not (path.is_file() and path.stat().st_size)]
    if not missing:
        return [ok("page", f"{', '.join(names)} are there")]
    found = f"static/{', static/'.join(missing)} missing or empty: the page cannot work"
    if not IS_CHECKOUT:
        mend = "where it was installed from: make setup, then pip install . again"
        return [wrong("page", found, mend)]
    path = f"{ROOT / '.venv' / 'bin'}"
    if shutil.which("npm") or shutil.which("npm", path=path):
        return [wrong("page", found, "npm ci")]
    mend = (
        "make setup (it brings Node and npm along), or install Node 20.19 or newer and run npm ci"
    )
    return [wrong("page", f"{found}; npm is not installed either", mend)]


def _pins(requirements: Path) -> dict[str, str | None]:
    """Read names and versions; none where this is no checkout."""
    if not requirements.exists():
        return {}
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return {match[1]: match[2] for line in lines if (match := PINNED.match(line))}


def _of_commands() -> dict[str, str | None]:
    """Return what the distribution needs, its extra `cli` included, beyond the service."""
    try:
        listed = metadata.requires("cepstra") or []
    except metadata.PackageNotFoundError:  # run from a folder in which nothing was set up
        listed = []
    names = [re.split(r"[\[<>=~! ;]", each)[0].lower() for each in listed if _is_of_commands(each)]
    service, locked = _pins(SERVICE), _pins(LOCK)
    return {name: locked.get(name) for name in names if name not in service}


def _is_of_commands(requirement: str) -> bool:
    return "extra ==" not in requirement or "cli" in requirement.partition("extra ==")[2]


def _differing(versions: dict[str, str | None]) -> Iterator[str]:
    for name, version in versions.items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield f"{name} {version or ''}".rstrip() + " is not installed"
            continue
        if version and installed != version:
            yield f"{name} is {installed}, tested with {version}"


def _some(differing: list[str]) -> str:
    return "; ".join(differing[:5]) + ("; and others" if len(differing) > 5 else "")
