"""How far long commands are, on standard error: bars at a terminal, lines in a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LINES = 10  # of a stage, in a log


def bars() -> Progress:
    """Return bars that tell how many of how many are done, and since when; none in a log."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    return Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)


@contextmanager
def one_bar(name: str, total: int) -> Iterator[Callable[..., None]]:
    """Show a bar, and hand out what moves it on by one, or by a number."""
    with bars() as progress:
        yield bar(progress, name, total)


def bar(progress: Progress, name: str, total: int) -> Callable[..., None]:
    """Add a bar and return what moves it on by one, or by a number."""
    task = progress.add_task(name, total=total)
    if progress.console.is_terminal:
        return partial(progress.advance, task)
    n_done = 0

    def tell(number: int = 1) -> None:
        nonlocal n_done
        progress.advance(task, number)
        n_done, before = n_done + number, n_done
        if LINES * n_done // max(total, 1) > LINES * before // max(total, 1):
            progress.console.print(f"{name}: {n_done} of {total}")

    return tell
