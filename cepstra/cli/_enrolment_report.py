"""A report of an enrolment, a line a file; what it calls done is not done again."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from cepstra.cli._enrolment import FileOutcome

COLUMNS = ("speaker", "file", "outcome", "takes", "error")
DONE = ("enrolled", "known", "left out")


def done_before(report: Path | None) -> set[tuple[str, str]]:
    """Return speaker and file of what a report calls done; nothing where there is none."""
    if report is None or not report.is_file():
        return set()
    with report.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("outcome") in DONE]
    return {(row["speaker"], row["file"]) for row in rows}


def writer(report: Path | None) -> Callable[[FileOutcome], None]:
    """Return a function that adds a line to the report at once, so that none is lost."""

    def write(outcome: FileOutcome) -> None:
        if report is None:
            return
        report.parent.mkdir(parents=True, exist_ok=True)
        is_new = not report.exists()
        with report.open("a", encoding="utf-8", newline="") as file:
            lines = csv.writer(file)
            if is_new:
                lines.writerow(COLUMNS)
            told = outcome.outcome, outcome.takes, outcome.error
            lines.writerow((outcome.speaker, outcome.path, *told))

    return write
