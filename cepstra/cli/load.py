"""`load`: throughput and latency of the service under many clients."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from benchmarks.load import Outcome
from benchmarks.messages import FRAMES_PER_MESSAGE
from benchmarks.service_load import (
    MIXED,
    N_DIGITS,
    N_SPEAKERS,
    NULL,
    SCORE,
    THREADS,
    TRAIN,
    Measured,
    Plan,
    measure_classic,
    measure_guarded,
    measure_service,
    steps,
)
from cepstra.cli._marked_section import page_option, show
from cepstra.cli._options import FiniteRange
from cepstra.cli._progress import one_bar

TEXT = """## Many clients

Messages of {frames} frames to {speakers} speakers of {digits} digits each, {threads} threads a
worker; clients, server and database share one machine of {cores} cores. All in one run of

```
cepstra load --page docs/speed.md
```

### Closed loop

Every client sends its next call when it has the reply to the last one.

| store, workers | call | clients | calls/s | of null | p50 ms | p95 ms | p99 ms | failed |
|---|---|---:|---:|---:|---:|---:|---:|---:|
{closed}
*Null* only parses the same JSON, through the same framework, and replies with nothing; *of null*
is the share of its throughput, measured in turns with it. A login is `POST /challenges` and `PUT
/score`, said anew each time, of speakers of 20 digits; so is a take with auth on.
`/train` at {digits} digits gets through {trains:.0f} times as many calls as the classic design at
the same number of digits. The classic
`/score`, with neither background nor calibration, log nor encryption, comes to {scores:.0f} % of
*null*.

### Open loop

Calls, {mixed}, arrive at random (a Poisson process) at 50 % and 80 %
of what the closed loop got through with {few} clients, whatever became of those before. Time counts
from when a call was due.

| store, workers | arrivals/s | p50 ms | p95 ms | p99 ms | failed |
|---|---:|---:|---:|---:|---:|
{opened}
### Memory

| store, workers | largest worker, MB | of which no other process has too |
|---|---:|---:|
{memory}
*Classic design* appends the frames to a CSV file, fits five full Gaussians to all of it anew and
pickles them (`benchmarks/classic_design.py`); it was measured with one worker, and scores without
a background, a calibration, a log or encryption. Figures depend on the machine; the ratios are
what to look at.
"""
STORES = ("sqlite", "postgresql")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
CLASSIC = "classic design, 1"


@click.command("load")
@click.option(
    "--clients",
    multiple=True,
    type=click.IntRange(1),
    default=(10, 100),
    help="Callers at once; may be repeated.",
)
@page_option
@click.option("--rounds", default=2, type=click.IntRange(1), help="Slices of each kind of call.")
@click.option("--seconds", default=2.0, type=FiniteRange(0.1), help="Length of a slice.")
@click.option(
    "--store",
    "stores",
    multiple=True,
    type=click.Choice(STORES),
    default=STORES,
    help="Only this database; may be repeated.",
)
@click.option(
    "--workers",
    "counts",
    multiple=True,
    type=click.IntRange(1),
    default=(1, 2),
    help="Workers of the service; may be repeated.",
)
def command(
    clients: Sequence[int],
    page: Path | None,
    rounds: int,
    seconds: float,
    stores: Sequence[str],
    counts: Sequence[int],
) -> None:
    """Measure /score, /train, both together and logins on servers of its own."""
    plan = Plan(seconds, rounds, clients)
    services = [(store, workers) for store in stores for workers in counts]
    results: dict[str, Measured] = {}
    with one_bar("measuring", steps(plan, len(services))) as advance:
        for store, workers in services:
            name = f"{NAMES[store]}, {workers}"
            results[name] = measure_service(store, workers, plan, advance)
        for store, workers in services:
            name = f"{NAMES[store]}, {workers}, auth on"
            results[name] = measure_guarded(store, workers, plan, advance)
        results[CLASSIC] = measure_classic(plan, advance)
    show(page, _page(results, clients[0]))


def _page(results: dict[str, Measured], few: int) -> str:
    first, classic = next(iter(results.values())).closed, results[CLASSIC].closed
    return TEXT.format(
        frames=FRAMES_PER_MESSAGE,
        speakers=N_SPEAKERS,
        digits=N_DIGITS,
        threads=THREADS,
        cores=os.cpu_count(),
        closed="".join(_closed(results)),
        trains=first[TRAIN, few].per_second / classic[TRAIN, few].per_second,
        scores=100 * classic[SCORE, few].per_second / first[NULL, few].per_second,
        mixed=MIXED,
        few=few,
        opened="".join(_opened(results)),
        memory="".join(
            f"| {name} | {measured.worker_mb:.0f} | {measured.unshared_mb:.0f} |\n"
            for name, measured in results.items()
        ),
    )


def _closed(results: dict[str, Measured]) -> Iterator[str]:
    for name, measured in results.items():
        for (call, n_clients), outcome in measured.closed.items():
            null = measured.closed.get((NULL, n_clients))
            share = f"{100 * outcome.per_second / null.per_second:.0f} %" if null else ""
            rate = f"{outcome.per_second:.0f}"
            yield f"| {name} | {call} | {n_clients} | {rate} | {share} | {_latency(outcome)} |\n"


def _opened(results: dict[str, Measured]) -> Iterator[str]:
    for name, measured in results.items():
        for (_, rate_hz), outcome in measured.opened.items():
            yield f"| {name} | {rate_hz:.0f} | {_latency(outcome)} |\n"


def _latency(outcome: Outcome) -> str:
    figures = " | ".join(f"{ms:.1f}" for ms in outcome.percentiles_ms())
    return f"{figures} | {outcome.n_failed}"
