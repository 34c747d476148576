"""Mutants of the checkout, made by mutmut in a copy of it, and test runs on them.

mutmut's own runs are not used: they see no function that a server reaches, and take single
tests, in any order, out of files whose fixtures are costly.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build" / "mutation"
MUTATED = WORK / "mutants"  # mutmut's name for it
PACKAGES = ("cepstra/gmm", "cepstra/verification")
FIRST = "cepstra.gmm.score_normalisation.*"  # mutmut makes all mutants and tries these few


def make() -> list[str]:
    """Copy the checkout, mutate it, and return the names of all mutants."""
    _copy_checkout()
    _mutmut("run", FIRST)
    lines = _mutmut("results", "--all", "true").splitlines()
    return sorted(line.split(":")[0].strip() for line in lines if ": " in line)


def difference(mutant: str) -> str:
    """Return what the mutant changes."""
    lines = _mutmut("show", mutant).splitlines()
    return "\n".join(
        line for line in lines[1:] if line[:1] in "+-" and line[:3] not in ("+++", "---")
    )


def function_of(mutant: str) -> str:
    """Return the name under which a run notes the function that the mutant is of."""
    return mutant.rpartition("__mutmut_")[0]


def run_tests(files: list[str], timeout_s: float, **variables: str) -> int | None:
    """Return pytest's exit status on test files, None where they took too long."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *files]
    with open(WORK / "output.txt", "ab") as output:
        process = subprocess.Popen(
            command,
            cwd=MUTATED,
            env=_environment() | variables,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            return process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end_session(process)


def _end_session(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)  # servers that a broken test left
    except ProcessLookupError:
        pass
    process.wait()


def _copy_checkout() -> None:
    """Give mutmut the packages to mutate and lay everything else beside the mutants."""
    for folder in (WORK / "tests", MUTATED / "tests", WORK / "reached"):
        shutil.rmtree(folder, ignore_errors=True)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        source = ROOT / name
        if name == "cepstra/gmm" or not source.exists():
            continue  # mutmut follows no links
        name = f"cepstra/{name}" if name.startswith("gmm/") else name
        places = [WORK] if name.startswith((*PACKAGES, "tests/")) else [MUTATED]
        if name == "pyproject.toml":
            places = [WORK, MUTATED]
        for target in (place / name for place in places):
            if not target.exists() or target.stat().st_mtime != source.stat().st_mtime:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
                # keeps its time, by which mutmut sees changes
                shutil.copy2(source, target, follow_symlinks=False)
    for place in (Path("node_modules"), Path("static/vendor")):
        (MUTATED / place).unlink(missing_ok=True)
        (MUTATED / place).symlink_to(ROOT / place)


def _mutmut(*arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    done = subprocess.run(
        command, cwd=WORK, env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\n`mutmut {arguments[0]}` failed")
    return done.stdout


def _environment() -> dict[str, str]:
    own = {
        "CEPSTRA_SHARED": str(Path(os.environ.get("CEPSTRA_SHARED", ROOT.parent / "shared"))),
        "CEPSTRA_TEST_DATABASE": "sqlite",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(Path(__file__).parent),
    }
    return {**os.environ, **own}
