"""How client commands end: what they print, for people or as JSON, and with which status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cepstra.client.replies import Comparison, Score
from cepstra.exit_status import Exit

OF_DECISION = {
    "accept": Exit.OK,
    "identified": Exit.OK,
    "reject": Exit.REJECTED,
    "none": Exit.REJECTED,
    "inconclusive": Exit.INCONCLUSIVE,
}


def worst(decisions: Sequence[str]) -> Exit:
    """Return the status of several decisions: rejected before inconclusive before accepted."""
    found = {OF_DECISION[decision] for decision in decisions}
    order = (Exit.REJECTED, Exit.INCONCLUSIVE)
    return next((status for status in order if status in found), Exit.OK)


def figures(reply: Comparison | Score, said_at_threshold: str) -> str:
    """Return how sure a decision is; nothing to a key without the scope `scores`."""
    llr, threshold, probability = reply["llr"], reply["threshold"], reply["probability"]
    if llr is None or threshold is None or probability is None:
        return ""
    at_threshold = f"{threshold:.2f} is {said_at_threshold}"
    return f": llr {llr:.2f}, {at_threshold}, probability {probability:.4f}"


class Printer:
    """Prints results to standard output, everything else to standard error."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def give(self, result: Any, *for_people: str | Table) -> None:
        """Print the result as JSON, or what people read in its place."""
        if self.as_json:
            click.echo(json.dumps(result, indent=2))
            return
        for part in for_people:
            self._out.print(part, markup=False) if isinstance(part, str) else self._out.print(part)

    def note(self, text: str) -> None:
        """Tell something beside the result."""
        self._err.print(text, markup=False)

    def warn(self, *texts: str) -> None:
        """Tell what may spoil the result."""
        for text in texts:
            self._err.print(f"Warning: {text}", markup=False, style="yellow")

    def progress(self) -> Progress:
        """Return bars to be shown while something takes long; none where nobody watches."""
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        return Progress(
            *columns,
            TimeRemainingColumn(),
            console=self._err,
            disable=not self._err.is_terminal,
            transient=True,
        )
