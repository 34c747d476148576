"""`bench`: latency of the service, beside a resource that only parses the same JSON."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.latency import Measurement, measure, steps


@click.command("bench")
@click.option("--calls", default=400, show_default=True, help="Calls of /score and of null.")
@click.option("--rounds", default=10, show_default=True, help="Speakers enrolled for /train.")
def command(calls: int, rounds: int) -> None:
    """Measure /score and /train with 70-frame messages on a server of its own."""
    console = Console()
    with Progress(console=console) as progress:
        task = progress.add_task("measuring", total=steps(calls, rounds))
        result = measure(calls, rounds, lambda: progress.advance(task))
    console.print(_table(result))


def _table(result: Measurement) -> Table:
    table = Table("call", "median ms", "p95 ms", "x null resource")
    for label, median_ms, p95_ms, ratio in result.rows():
        table.add_row(label, f"{median_ms:.2f}", f"{p95_ms:.2f}", f"{ratio:.2f}")
    return table
