"""`bench-identify`: processor time of /identify among thousands of made-up speakers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from threadpoolctl import threadpool_limits

from benchmarks.identification import VOICEPRINT_BYTES, SearchCost, measure, search_ms
from cepstra.cli._marked_section import page_option, show
from cepstra.cli._progress import one_bar

TEXT = """## Identification

Attempts of three digits, 210 frames, against made-up speakers: disturbed copies of one real
enrolment. Processor time of whole requests on one core, SQLite; all in one run of

```
cepstra bench-identify --page docs/speed.md
```

| speakers | null, ms | /identify, ms | p95, ms | beyond null, ms | after a /train, ms | first, ms |
|---:|---:|---:|---:|---:|---:|---:|
{rows}
*Null*: the resource that only parses the same JSON. *First*: the first call of a worker, which
reads all voiceprints. *After a /train*: a call that finds one voiceprint written since the last.
The search alone, one product of a matrix and a vector and the choice of the best:

| speakers | ms | matrix, MB |
|---:|---:|---:|
{searches}
Milliseconds depend on the machine.
"""
MATRICES = 1_000, 10_000, 100_000  # voiceprints in a search alone


@click.command("bench-identify")
@click.option(
    "--speakers", "sizes", multiple=True, type=int, default=(1_000, 10_000), help="Enrolled."
)
@click.option("--calls", default=100, help="Calls of each kind.")
@page_option
def command(sizes: Sequence[int], calls: int, page: Path | None) -> None:
    """Measure PUT /identify in this process, and the search alone for more speakers."""
    with one_bar("measuring", calls * len(sizes)) as advance:
        rows = [measure(size, calls, advance) for size in sizes]
    with threadpool_limits(1):
        searches = [(size, search_ms(size, calls)) for size in MATRICES]
    text = TEXT.format(
        rows="".join(map(_row, rows)),
        searches="".join(
            f"| {size:,} | {ms:.2f} | {size * VOICEPRINT_BYTES / 1e6:.1f} |\n"
            for size, ms in searches
        ),
    )
    show(page, text)


def _row(cost: SearchCost) -> str:
    figures = (
        cost.null_ms,
        cost.identify_ms,
        cost.p95_ms,
        cost.identify_ms - cost.null_ms,
        cost.after_train_ms,
        cost.first_ms,
    )
    return f"| {cost.n_speakers:,} | {' | '.join(f'{ms:.2f}' for ms in figures)} |\n"
