"""`bench`: latency of the service, beside a resource that only parses the same JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from benchmarks import enrolled_speakers, latency, logins, score_parts
from benchmarks.enrolled_speakers import CostBySpeakers
from benchmarks.processor_time import median_ms
from cepstra.cli._marked_section import page_option, show
from cepstra.cli._progress import one_bar
from cepstra.verification.speaker_cache import MOST_SPEAKERS

TEXT = """## One request

Messages of 70 frames, one gunicorn worker with one thread, SQLite; all in one run of

```
cepstra bench --page docs/speed.md
```

| call | median ms | p95 ms | x null resource |
|---|---:|---:|---:|
{rows}
The null resource only parses the same JSON, through the same framework, and replies with nothing.
The refits are scikit-learn's, on one core, for comparison with `/train` at 60 digits.
Milliseconds depend on the machine; the ratios are what to look at.

### Logins and enrolment with auth on

Processor time of whole calls without a network, all kinds in turns. A login is `POST /challenges`
and one challenged `/score`, which is compared with the speaker's takes and last answers too.
*Writing* is how much of it kept other writers waiting, without the time of the disk.

| call | ms | writing, ms | of /score of as many digits, auth off |
|---|---:|---:|---:|
{logins}
### Where a /score goes

Processor time of whole requests without a network, on one thread. What is left besides the parts
is routing, the reply, and arithmetic of small arrays.

| part | µs |
|---|---:|
{parts}
### The number of enrolled speakers

Processor time of whole requests without a network, the same call in turns on stores of different
sizes. *Model read*: /score of a speaker whose model is not among the last {most_models}
that a worker keeps decrypted.

| speakers | /score, ms | of one speaker's | /train, ms | of one speaker's | model read, ms |
|---:|---:|---:|---:|---:|---:|
{sizes}"""


LOGINS_SHARE = 10


@click.command("bench")
@click.option("--calls", default=400, help="Calls of /score and of null.")
@page_option
@click.option(
    "--speakers",
    "sizes",
    multiple=True,
    type=int,
    default=(1, 100, 1_000, 10_000),
    help="Numbers of enrolled speakers to compare, the first with the others.",
)
@click.option("--rounds", default=10, help="Speakers enrolled for /train.")
def command(calls: int, page: Path | None, rounds: int, sizes: Sequence[int]) -> None:
    """Measure /score and /train with 70-frame messages on a server of its own."""
    login_calls = max(1, calls // LOGINS_SHARE)
    total = latency.steps(calls, rounds) + enrolled_speakers.steps(sizes, calls)
    with one_bar("measuring", total + calls + login_calls) as advance:
        result = latency.measure(calls, rounds, advance)
        parts = score_parts.measure(calls, advance)
        login_costs = logins.measure(login_calls, advance)
        costs = enrolled_speakers.measure(sizes, calls, advance)
    text = TEXT.format(
        rows="".join(
            f"| {label} | {median:.2f} | {p95_ms:.2f} | {ratio:.2f} |\n"
            for label, median, p95_ms, ratio in result.rows()
        ),
        logins="".join(_logins(login_costs)),
        parts="".join(f"| {label} | {us:.0f} |\n" for label, us in parts.items()),
        most_models=MOST_SPEAKERS,
        sizes="".join(_by_size(costs)),
    )
    show(page, text)


def _logins(costs: Mapping[str, logins.Cost]) -> Iterator[str]:
    for label, cost in costs.items():
        ms, locked_ms = median_ms(cost.whole), median_ms(cost.locked)
        plain = next((one for n, one in logins.PLAIN.items() if f"{n} digits" in label), None)
        share = f"{ms / median_ms(costs[plain].whole):.2f}" if plain else ""
        yield f"| {label} | {ms:.2f} | {locked_ms:.2f} | {share} |\n"


def _by_size(costs: Sequence[CostBySpeakers]) -> Iterator[str]:
    for cost in costs:
        figures = []
        for name in ("score", "train"):
            ms, first_ms = (median_ms(getattr(of, name)) for of in (cost, costs[0]))
            figures += [f"{ms:.2f}", f"{100 * ms / first_ms:.0f} %"]
        read = f"{median_ms(cost.read):.2f}" if cost.read else ""
        yield f"| {cost.n_speakers:,} | {' | '.join(figures)} | {read} |\n"
