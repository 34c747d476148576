"""`bench`: latency of the service, beside a resource that only parses the same JSON."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.latency import Measurement, measure, steps

PAGE = """# Speed

Messages of 70 frames, one gunicorn worker with one thread, SQLite; all in one run of

```
python -m cli bench --out docs/speed.md
```

| call | median ms | p95 ms | x null resource |
|---|---:|---:|---:|
{rows}
The null resource only parses the same JSON, through the same framework, and replies with nothing.
The refits are scikit-learn's, on one core, for comparison with `/train` at 60 digits.
Milliseconds depend on the machine; the ratios are what to look at.
"""


@click.command("bench")
@click.option("--calls", default=400, show_default=True, help="Calls of /score and of null.")
@click.option("--out", type=click.Path(path_type=Path), help="Markdown file for the table.")
@click.option("--rounds", default=10, show_default=True, help="Speakers enrolled for /train.")
def command(calls: int, out: Path | None, rounds: int) -> None:
    """Measure /score and /train with 70-frame messages on a server of its own."""
    console = Console()
    with Progress(console=console) as progress:
        task = progress.add_task("measuring", total=steps(calls, rounds))
        result = measure(calls, rounds, lambda: progress.advance(task))
    console.print(_table(result))
    if out:
        out.write_text(PAGE.format(rows=_markdown(result)), encoding="utf-8")


def _table(result: Measurement) -> Table:
    table = Table("call", "median ms", "p95 ms", "x null resource")
    for label, median_ms, p95_ms, ratio in result.rows():
        table.add_row(label, f"{median_ms:.2f}", f"{p95_ms:.2f}", f"{ratio:.2f}")
    return table


def _markdown(result: Measurement) -> str:
    return "".join(
        f"| {label} | {median_ms:.2f} | {p95_ms:.2f} | {ratio:.2f} |\n"
        for label, median_ms, p95_ms, ratio in result.rows()
    )
