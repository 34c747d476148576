"""`identify`: who of everybody enrolled is it, or nobody?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from cepstra.cli._answer import worst
from cepstra.cli._recordings import Speech, speech_options, warnings_of
from cepstra.cli._sources import at_least_one, source_options
from cepstra.cli._target import ClientSession, client_command
from cepstra.client.replies import Identification, Rank
from cepstra.exit_status import Exit
from cepstra.frontend import to_message

TIMELINE_CHUNK_S = 3.0


@click.command("identify")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--together", is_flag=True, help="All files are one attempt of one person.")
@click.option("--timeline", is_flag=True, help="Who speaks when: a row for each chunk.")
@click.option("--top", default=3, type=click.IntRange(1, 30), help="Candidates.")
@speech_options
@source_options
@client_command
def command(
    session: ClientSession,
    files: Sequence[Path],
    together: bool,
    timeline: bool,
    top: int,
    speech: Speech,
) -> Exit:
    """Find who of everybody enrolled speaks in each recording, or that nobody of them does.

    At most 60 s of speech are heard; 15 s of free speech are advised. With --timeline, chunks
    are of 3 s unless --chunk-s says otherwise.
    """
    files = at_least_one(files)
    if timeline:
        return _timeline(session, files, speech)
    results: list[dict[str, Any]] = []
    for group in [list(files)] if together else [[path] for path in files]:
        attempt = speech.attempt(group)
        reply = session.client.identify(attempt.message, top)
        warnings = warnings_of(attempt, quality=reply["quality"])
        session.answer.warn(*warnings)
        results.append({"files": [str(path) for path in group], **reply, "warnings": warnings})
    session.answer.give(results, *(_sentence(result) for result in results))
    return worst([result["decision"] for result in results])


def _sentence(result: dict[str, Any]) -> str:
    files, ranking = ", ".join(result["files"]), result["ranking"]
    best = "nobody is enrolled"
    if ranking:
        shown = ", ".join(map(_candidate, ranking))
        best = f"llr {shown}; {result['threshold']:.2f} is a match"
    if result["decision"] == "identified":
        return f"{files}: Match found: {result['speaker']}; {best}"
    said = "Match not found" if result["decision"] == "none" else "Inconclusive"
    return f"{files}: {said}; {best}"


def _candidate(rank: Rank) -> str:
    """Return a candidate, with figures where the key has the scope `scores`."""
    llr, probability = rank["llr"], rank["probability"]
    if llr is None or probability is None:
        return rank["alias"]
    return f"{rank['alias']} {llr:.2f} ({probability:.4f})"


def _timeline(session: ClientSession, files: Sequence[Path], speech: Speech) -> Exit:
    table = Table("file", "from, s", "to, s", "speaker", "best", "llr")
    rows: list[dict[str, Any]] = []
    for path in files:
        for chunk in speech.fixed_chunks(path, speech.chunk_s or TIMELINE_CHUNK_S):
            reply = session.client.identify(to_message(chunk.features), 1)
            row = _row(path, (chunk.start_s, chunk.end_s), reply)
            rows.append(row)
            llr = "–" if row["llr"] is None else f"{row['llr']:.2f}"
            times = f"{row['start_s']:.1f}", f"{row['end_s']:.1f}"
            cells = path.name, *times, row["speaker"] or "–", row["best"] or "–", llr
            table.add_row(*map(escape, cells))
    session.answer.warn(*speech.notes)
    session.answer.give(rows, table)
    return Exit.OK if any(row["speaker"] for row in rows) else Exit.REJECTED


def _row(path: Path, span_s: tuple[float, float], reply: Identification) -> dict[str, Any]:
    """Return a chunk's row; where hardly anybody speaks, no one is best."""
    heard = reply["ranking"] and reply["decision"] != "inconclusive"
    best = reply["ranking"][0] if heard else None
    return {
        "file": str(path),
        "start_s": round(span_s[0], 2),
        "end_s": round(span_s[1], 2),
        "decision": reply["decision"],
        "speaker": reply["speaker"],
        "best": best["alias"] if best else None,
        "llr": best["llr"] if best else None,
    }
