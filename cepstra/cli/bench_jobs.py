"""`bench-jobs`: long jobs on one worker and on two."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.long_jobs import ENGINES, LongJob, all_jobs, seconds
from cepstra.cli._marked_section import page_option, show
from cepstra.cli._options import shared_option
from cepstra.cli._progress import one_bar

TEXT = """## Long jobs

Pieces of the long jobs, each in this process, on one local Dask worker and on two; a worker has
one thread. Wall time of the second run of each, all in one run of

```
cepstra bench-jobs --page docs/speed.md
```

| job | amount | no worker, s | 1 worker, s | 2 workers, s | 2 workers against 1 | against none |
|---|---:|---:|---:|---:|---:|---:|
{rows}
The results of all three are the same to the bit. Seconds depend on the machine; with two cores,
scheduler and the command itself share them with the two workers.
"""


@click.command("bench-jobs")
@shared_option
@page_option
def command(shared: Path, page: Path | None) -> None:
    """Time the pieces of background training and evaluation on one and two workers."""
    jobs = all_jobs(shared)
    with one_bar("measuring", len(jobs) * len(ENGINES)) as advance:
        timed = seconds(jobs, advance)
    text = TEXT.format(rows="".join(_row(job, timed[job.name]) for job in jobs))
    show(page, text)


def _row(job: LongJob, elapsed_s: dict[str, float]) -> str:
    none_s, one_s, two_s = (elapsed_s[name] for name in ENGINES)
    cells = [f"{value:.2f}" for value in (none_s, one_s, two_s)]
    cells += [f"{one_s / two_s:.2f} x", f"{none_s / two_s:.2f} x"]
    return f"| {job.name} | {job.amount:,} {job.unit} | {' | '.join(cells)} |\n"
