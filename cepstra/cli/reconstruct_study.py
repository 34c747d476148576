"""`reconstruct-study`: make speech from stored frames and measure what that gives away."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from cepstra.cli._marked_section import page_option, show
from cepstra.cli._options import shared_option
from cepstra.cli._progress import one_bar
from cepstra.evaluation.nearest_words import NearestWords
from cepstra.evaluation.reconstruction_study import ReconstructionFindings, has_enough, study

OTHERS = 20  # for each speaker, where only some are asked for
HEAD = """| sound made from | STOI | ESTOI | accepted as the speaker |
|---|---:|---:|---:|
"""


@click.command("reconstruct-study")
@shared_option
@click.option(
    "--speakers",
    default=0,
    show_default="all",
    help="Only the first so many, and 20 times as many others.",
)
@page_option
def command(shared: Path, speakers: int, page: Path | None) -> None:
    """Rebuild the dev speakers' stored frames as sound; print the table, or put it into a page."""
    corpus = shared / "corpora" / "speech_commands"
    folders = sorted(path for path in (corpus / "dev").iterdir() if has_enough(path))
    folders = folders[: speakers or None]
    others = sorted(path for path in (corpus / "background").iterdir() if path.is_dir())
    paths = [p for path in others[: OTHERS * speakers or None] for p in path.glob("?_*.flac")]
    with one_bar("words of others", len(paths)) as advance:
        words = NearestWords(sorted(paths), advance)
    with one_bar("speakers", len(folders)) as advance:
        findings = study(folders, words, advance)
    table = f"{HEAD}{''.join(_row(*item) for item in findings.items())}\n{len(folders)} speakers.\n"
    show(page, table)


def _row(name: str, found: ReconstructionFindings) -> str:
    accepted = f"{100 * np.mean(found.accepted):.0f}%"
    return f"| {name} | {_spread(found.stoi)} | {_spread(found.estoi)} | {accepted} |\n"


def _spread(values: list[float]) -> str:
    """Mean, and the 5th and 95th percentile over the speakers."""
    if not values:
        return "–"
    low, high = np.percentile(values, [5, 95])
    return f"{np.mean(values):.2f} ({low:.2f}–{high:.2f})"
