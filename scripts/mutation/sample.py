"""Mutation test of gmm/ and cepstra/verification/ on a random sample (see docs/tests.md).

Usage: python scripts/mutation/sample.py [--number N] [--seed S] [--workers W] [--tests NAMES]
    [PATTERN ...]
Each mutant meets the test files that reach its function until one notices it: first those that name
its module, then others, quick ones first.
Prints what the others change, and the share that was noticed.
"""

from __future__ import annotations

import argparse
import fnmatch
import random
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial

import mutants

LEFT_OUT = (  # slow, timed, or far from what is mutated
    *("networks_*", "features_*", "evaluat*", "background_*", "faults_*", "database_outage"),
    *("jobs_*", "reconstruction", "tutorial", "deployment", "contract", "sizes", "two_machines"),
    *("client_commands", "start_up", "reference", "monitoring", "three_ways", "doctor"),
)
MOST_TESTS_S = 120.0  # of test time a mutant
SURVIVED = 0


@dataclass
class Reach:
    """What a clean run of each test file told.

    Attributes:
        functions: those that each file reached, in any process.
        seconds: how long each took.
    """

    functions: dict[str, set[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def files(self, function: str) -> list[str]:
        """The files that reach a function, the likeliest first, as long as time allows."""
        module = function.split(".")[-2]
        reaching = [file for file in self.seconds if function in self.functions[file]]
        reaching.sort(key=lambda file: (not _is_named(module, file), self.seconds[file]))
        chosen: list[str] = []
        for file in reaching:
            if chosen and self.time_of([*chosen, file]) > MOST_TESTS_S:
                break
            chosen.append(file)
        return chosen

    def time_of(self, files: list[str]) -> float:
        """Seconds that the files took together."""
        return sum(self.seconds[file] for file in files)


@cache
def _is_named(module: str, file: str) -> bool:
    """Tell whether a file of tests is called as a module, or imports it."""
    text = (mutants.MUTATED / "tests" / file).read_text()
    imported = rf"^from \S*\.{module} import|^(from .* )?import .*\b{module}\b|^    {module},$"
    return module in file or re.search(imported, text, re.MULTILINE) is not None


def main() -> None:
    """Make mutants, draw some, run tests on them, report."""
    options = _options()
    names = [n for n in mutants.make() if any(fnmatch.fnmatch(n, p) for p in options.patterns)]
    chosen = random.Random(options.seed).sample(names, min(options.number, len(names)))
    print(f"{len(chosen)} of {len(names)} mutants, seed {options.seed}", flush=True)
    with ThreadPoolExecutor(options.workers) as pool:
        reach = _clean_runs(pool, options.tests.split(","))
        outcomes = dict(zip(chosen, pool.map(partial(_outcome, reach), chosen), strict=True))
    _report(outcomes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200, help="mutants to try")
    parser.add_argument("--seed", type=int, default=1, help="of the random choice")
    parser.add_argument("--workers", type=int, default=2, help="test runs at a time")
    parser.add_argument("--tests", default="*", help="which of the test files, such as gmm_*,takes")
    parser.add_argument("patterns", nargs="*", default=["*"], metavar="PATTERN")
    return parser.parse_args()


def _clean_runs(pool: ThreadPoolExecutor, wanted: Sequence[str]) -> Reach:
    """Run the test files without a mutant."""
    reach = Reach()
    found = sorted(path.name for path in (mutants.MUTATED / "tests").glob("test_*.py"))
    kept = [name for name in found if _matches(name, wanted) and not _matches(name, LEFT_OUT)]
    list(pool.map(partial(_clean_run, reach), kept))
    return reach


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatch(name, f"test_{pattern}.py") for pattern in patterns)


def _clean_run(reach: Reach, name: str) -> None:
    notes = mutants.WORK / "reached" / name
    notes.mkdir(parents=True)
    began = time.monotonic()
    variables = {"MUTANT_UNDER_TEST": "stats", "MUTATION_REACHED": str(notes)}
    status = mutants.run_tests([f"tests/{name}"], timeout_s=900, **variables)
    if status != 0:
        print(f"without a mutant {name} ends with {status}: left out", file=sys.stderr)
        return
    reach.functions[name] = {line for note in notes.iterdir() for line in note.read_text().split()}
    reach.seconds[name] = time.monotonic() - began
    shutil.rmtree(notes)


def _outcome(reach: Reach, mutant: str) -> str:
    """What became of a mutant: noticed, timeout, survived, or no tests."""
    files = reach.files(mutants.function_of(mutant))
    if not files:
        return "no tests"
    timeout_s = 60 + 5 * reach.time_of(files)
    paths = [f"tests/{file}" for file in files]
    status = mutants.run_tests(paths, timeout_s, MUTANT_UNDER_TEST=mutant)
    outcome = {SURVIVED: "survived", None: "timeout"}.get(status, "noticed")
    print(f"{outcome}: {mutant} by {' '.join(files)}", file=sys.stderr, flush=True)
    return outcome


def _report(outcomes: dict[str, str]) -> None:
    for mutant, outcome in sorted(outcomes.items()):
        if outcome in ("survived", "no tests"):
            print(f"\n{outcome}: {mutant}\n{mutants.difference(mutant)}")
    counts = Counter(outcomes.values())
    noticed = counts["noticed"] + counts["timeout"]
    print("\n" + ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common()))
    print(f"{noticed} of {len(outcomes)} mutants noticed: {100 * noticed / len(outcomes):.1f} %")


if __name__ == "__main__":
    main()
