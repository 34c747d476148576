"""`bench-wire`: bits that a second of speech takes on the wire, beside sound itself."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.wire import measure
from cepstra.cli._options import shared_option
from cepstra.frontend import page_definition

BESIDE = (
    ("sound, 16 bits at 16 kHz (PCM)", "256", "-"),
    ("Opus, set to 16 kbit/s", "16", "-"),
    ("ETSI ES 201 108, 14 quantised coefficients a frame", "4.8", "-"),
)


@click.command("bench-wire")
@shared_option
def command(shared: Path) -> None:
    """Measure messages of corpus speech; the table of docs/wire.md."""
    costs = measure(shared)
    click.echo("| a second of speech | kbit/s | gzipped |\n| --- | ---: | ---: |")
    for cells in BESIDE:
        click.echo(f"| {' | '.join(cells)} |")
    for cost in costs:
        sent = ", as sent" if cost.step == page_definition().step else ""
        name = f"{cost.kind}, step {cost.step:g}{sent}"
        click.echo(f"| {name} | {cost.plain_kbit_s:.1f} | {cost.gzip_kbit_s:.1f} |")
