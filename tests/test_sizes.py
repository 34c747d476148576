"""Files, functions and parameter lists stay short enough to be read at once."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

from surroundings import ROOT

MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 40
VAGUE_NAMES = ("util", "utils", "helper", "helpers", "misc", "common")


def sources() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py", "*.js"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).is_file()]


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_no_file_is_long():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {str(p): n for p, n in lengths.items() if n > MOST_FILE_LINES} == {}


def test_no_function_is_long():
    """The lines of a function from its `def` on, docstring included."""
    long = {
        f"{path.relative_to(ROOT)}:{function.name}": function.end_lineno - function.lineno + 1
        for path in sources()
        if path.suffix == ".py" and "migrations" not in path.parts  # those are never changed
        for function in functions(path)
        if function.end_lineno - function.lineno + 1 > MOST_FUNCTION_LINES
    }
    assert long == {}


def test_no_file_has_a_name_that_says_nothing():
    assert [p for p in sources() if p.stem.split("_")[-1].split("-")[-1] in VAGUE_NAMES] == []
