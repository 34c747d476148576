"""`bench-wire`: bits that a second of speech takes on the wire, beside sound itself."""

from __future__ import annotations

import os
from pathlib import Path

import click

from benchmarks.wire import measure
from cepstra.frontend import page_definition
from cepstra.frontend.audio import AudioError

BESIDE = (
    ("sound, 16 bits at 16 kHz (PCM)", "256", "-"),
    ("Opus, set to 16 kbit/s", "16", "-"),
    ("ETSI ES 201 108, 14 quantised coefficients a frame", "4.8", "-"),
)


@click.command("bench-wire")
@click.option(
    "--shared",
    default=lambda: os.environ.get("CEPSTRA_SHARED", "../shared"),
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of corpora.",
)
def command(shared: Path) -> None:
    """Measure messages of corpus speech; the table of docs/wire.md."""
    try:
        costs = measure(shared)
    except AudioError as error:
        raise click.ClickException(str(error)) from error
    click.echo("| a second of speech | kbit/s | gzipped |\n| --- | ---: | ---: |")
    for cells in BESIDE:
        click.echo(f"| {' | '.join(cells)} |")
    for cost in costs:
        sent = ", as sent" if cost.step == page_definition().step else ""
        name = f"{cost.kind}, step {cost.step:g}{sent}"
        click.echo(f"| {name} | {cost.plain_kbit_s:.1f} | {cost.gzip_kbit_s:.1f} |")
