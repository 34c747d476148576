"""Build a release of the commit that is checked out, twice, and refuse what is not the same.

Into the folder named: wheel and sdist of `cepstra` and of its Python client, the npm package of the
kit, what is in them (CycloneDX), and SHA256SUMS. The source is what git holds, with the page's
libraries that npm installed; SOURCE_DATE_EPOCH is the time of the commit.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from describe_models import describe_models

ROOT = Path(__file__).resolve().parent.parent
SUMS = "SHA256SUMS"
SDIST = "from setuptools import build_meta as b; import sys; b.build_sdist(sys.argv[1])"
WHEEL = "from setuptools import build_meta as b; import sys; b.build_wheel(sys.argv[1])"


def main(target: Path) -> None:
    """Fill the folder.

    Raises:
        SystemExit: something is not committed, or two builds differ.
    """
    if changed := _git("status", "--porcelain"):
        raise SystemExit(f"Not committed, so it would not be in the release:\n{changed}")
    os.umask(0o022)
    commit = _git("rev-parse", "HEAD")  # also where another one is made meanwhile
    epoch = int(_git("log", "-1", "--format=%ct", commit))
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="cepstra-release-") as folder:
        first, second = (_build(Path(folder) / name, commit, epoch) for name in ("first", "second"))
        if differing := [name for name in first if first[name] != second.get(name)]:
            raise SystemExit(f"Two builds of this commit differ in: {', '.join(differing)}")
        shutil.copytree(Path(folder) / "first" / "release", target)
    sums = "".join(f"{first[name]}  {name}\n" for name in sorted(first))
    (target / SUMS).write_text(sums, encoding="utf-8")
    print(f"{target}, of {commit}, built twice, each byte the same:\n{sums}")


def _build(folder: Path, commit: str, epoch: int) -> dict[str, str]:
    """Build everything into `folder`/release and return the digest of each file."""
    source, release = folder / "source", folder / "release"
    release.mkdir(parents=True)
    _lay_out(source, commit)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "0"}

    def run(*command: str | Path, cwd: Path = source) -> str:
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
        return done.stdout

    for project in (source, source / "cepstra" / "client"):
        run(sys.executable, "-c", SDIST, release, cwd=project)
    for sdist in release.glob("*.tar.gz"):  # a wheel is made of what the sdist holds
        _level(sdist, epoch)
        run(sys.executable, "-c", WHEEL, release, cwd=_unpacked(sdist, folder))
    run("npm", "pack", "--silent", "--pack-destination", release, cwd=source / "static" / "js")
    _describe(source, release, run, epoch)
    files = sorted(release.iterdir())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _lay_out(source: Path, commit: str) -> None:
    """Put what git holds of a commit, and what npm installed, into a folder of its own."""
    archive = subprocess.run(
        ["git", "-c", "tar.umask=0022", "archive", commit],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    _extract(archive.stdout, source)
    shutil.copytree(ROOT / "static" / "vendor", source / "static" / "vendor")
    (source / "node_modules").symlink_to(ROOT / "node_modules")


def _level(sdist: Path, epoch: int) -> None:
    """Write an archive again, in order, with one time and no owner."""
    with tarfile.open(sdist) as tar:
        kept = [(member, tar.extractfile(member)) for member in tar.getmembers()]
        contents = {member: file.read() for member, file in kept if file is not None}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member in sorted(contents, key=lambda member: member.name):
            plain = tarfile.TarInfo(member.name)
            plain.size, plain.mtime, plain.mode = member.size, epoch, 0o644
            tar.addfile(plain, io.BytesIO(contents[member]))
    sdist.write_bytes(gzip.compress(packed.getvalue(), mtime=epoch))


def _unpacked(sdist: Path, folder: Path) -> Path:
    _extract(gzip.decompress(sdist.read_bytes()), folder)
    return folder / sdist.name.removesuffix(".tar.gz")


def _extract(archive: bytes, folder: Path) -> None:
    """By tar, for the Python 3.11.2 of Debian 12 has no filters for it."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = ("--no-same-owner", "--no-same-permissions")
    subprocess.run(["tar", "-x", *plain, "-C", folder], input=archive, check=True)


def _describe(source: Path, release: Path, run: Callable[..., str], epoch: int) -> None:
    """Write what the service, its models and the page are made of, as CycloneDX."""
    version = json.loads((source / "static" / "js" / "package.json").read_text())["version"]
    program = Path(sys.executable).with_name("cyclonedx-py")
    options = ("--pyproject", "pyproject.toml", "--output-reproducible", "--short-PURLs")
    service = json.loads(run(program, "requirements", "requirements.txt", *options))
    service["components"] += describe_models(source / "models", version)
    page = json.loads(
        run("npm", "sbom", *"--sbom-format=cyclonedx --package-lock-only --omit=dev".split())
    )
    page.pop("serialNumber")  # made anew each time
    page["metadata"]["timestamp"] = datetime.fromtimestamp(epoch, UTC).isoformat()
    for name, document in (("service", service), ("page", page)):
        text = json.dumps(document, indent=2, sort_keys=True) + "\n"
        (release / f"cepstra-{version}-{name}.cdx.json").write_text(text, encoding="utf-8")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
