"""`bench-page`: what listening costs the browser, and whether it loses sound or memory."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cepstra.cli._marked_section import page_option, show
from cepstra.cli._options import shared_option
from cepstra.cli._progress import one_bar

if TYPE_CHECKING:
    from benchmarks.page import Reading

EVERY_S = 60  # between two looks
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

TEXT = """## The page

Chromium listens through a fake microphone to read speech, the page describes every hundredth of a
second by its coefficients and follows the endpointer. Made by

```
cepstra bench-page --seconds {seconds} --page docs/speed.md
```

| | |
| --- | ---: |
| processor time of the page's main thread, share of one core | {cpu_percent:.1f}% |
| coefficients made, frames for each second of sound | {frame_rate:.1f} |
| blocks handed over by the audio thread | {blocks} |
| blocks missing by the clock of the audio thread | {missing:.1f} |
| memory of scripts at the start, after {warm_s} s, at the end | {memory} |

Processor time, not time on the clock, so that other work on the machine does not count; the
collections of garbage before each look at the memory are in it. A missing block would be 40 ms
long; the least that was missing at any moment since the look before is shown.

| after s | memory of scripts, MiB | blocks | missing |
| ---: | ---: | ---: | ---: |
{rows}"""


@click.command("bench-page")
@click.option("--seconds", default=600, help="How long to listen.")
@page_option
@shared_option
def command(seconds: int, page: Path | None, shared: Path) -> None:
    """Let a browser listen for ten minutes and look at it every minute."""
    from benchmarks.page import listen

    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        raise click.ClickException(f"none of {', '.join(BROWSERS)} was found")
    with one_bar("listening", seconds // EVERY_S) as advance:
        readings = listen(chromium, shared, seconds, EVERY_S, advance)
    show(page, _page(readings, seconds))


def _page(readings: list[Reading], seconds: int) -> str:
    first, warm, last = readings[0], readings[1], readings[-1]
    elapsed_s = last.audio_s - first.audio_s
    memory = ", ".join(f"{one.heap_mb:.1f}" for one in (first, warm, last))
    rows = "".join(
        f"| {one.audio_s:.0f} | {one.heap_mb:.2f} | {one.blocks} | {one.missing_blocks:.1f} |\n"
        for one in readings
    )
    return TEXT.format(
        seconds=seconds,
        cpu_percent=100 * (last.cpu_s - first.cpu_s) / elapsed_s,
        frame_rate=(last.frames - first.frames) / elapsed_s,
        blocks=last.blocks,
        missing=last.missing_blocks,
        warm_s=EVERY_S,
        memory=f"{memory} MiB",
        rows=rows,
    )
