"""`bench-voiceprint-index`: recall and time of PostgreSQL's index of voiceprints."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.vector_search import Search, SearchTimes, measure
from cepstra.cli._database import opened
from cepstra.cli._marked_section import page_option, show
from cepstra.cli._progress import one_bar
from cepstra.store.vector_index import EF_SEARCH
from cepstra.verification.identification import SHORTLIST

N_PROBES = 500  # of each kind of search
EFFORTS = (40, 100, EF_SEARCH, 400)  # candidates that a search keeps in hand
HEAD = """## By an index in PostgreSQL

{n_speakers:,} made-up voiceprints, drawn like those of the background speakers, and {n_probes}
probes near one of them each, by `cepstra bench-voiceprint-index`. *Recall*: the share of the
{shortlist} speakers of an exact search that the index finds; *first*: how often it finds the most
similar one. Taking over the voiceprints and building the index took {made_s:.0f} s.

| search | first | recall | ms | of the exact search's time |
|---|---:|---:|---:|---:|
"""


@click.command("bench-voiceprint-index")
@click.option(
    "--database", required=True, help="URL of an empty PostgreSQL database, to be filled."
)
@click.option("--speakers", default=100_000, help="Made-up voiceprints.")
@page_option
def command(database: str, speakers: int, page: Path | None) -> None:
    """Fill a database with made-up voiceprints and compare its index with an exact search."""
    with (
        opened(database) as store,
        one_bar("speakers", speakers) as advance,
    ):
        try:
            found = measure(store, speakers, N_PROBES, EFFORTS, advance)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
    show(page, _text(found))


def _text(found: SearchTimes) -> str:
    head = HEAD.format(
        n_speakers=found.n_speakers, n_probes=N_PROBES, shortlist=SHORTLIST, made_s=found.made_s
    )
    exact_ms = found.searches[-1].ms
    return (
        head
        + "".join(_row(one, exact_ms) for one in found.searches)
        + "\nMilliseconds depend on the machine.\n"
    )


def _row(search: Search, exact_ms: float) -> str:
    name = "exact, in the database" if search.effort is None else f"`ef_search` {search.effort}"
    name += ", as shipped" if search.effort == EF_SEARCH else ""
    found, time = f"{search.recall_first:.2%} | {search.recall:.2%}", search.ms / exact_ms
    return f"| {name} | {found} | {search.ms:.1f} | {time:.0%} |\n"
