"""The bars that long commands show, on standard error."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


def bars() -> Progress:
    """Return bars that tell how many of how many are done, and since when."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    return Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))


def bar(progress: Progress, name: str, total: int) -> Callable[[int], None]:
    """Add a bar and return what moves it on by a number."""
    return partial(progress.advance, progress.add_task(name, total=total))
