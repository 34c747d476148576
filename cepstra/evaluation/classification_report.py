"""The report of a classification as a folder: page, figures, confusion, predictions over time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation import plots, report
from cepstra.evaluation.closed_set import Classification
from cepstra.evaluation.folder_report import FIGURES, PAGE, Origin, run_again, sessions
from cepstra.evaluation.identification import attempts_of
from cepstra.evaluation.protocol import write_csv
from cepstra.evaluation.runner import Experiment
from cepstra.evaluation.segments import Segment
from cepstra.whole_files import write_whole

Found = Mapping[str, Classification]
HEADINGS = ("system", "accuracy %", "macro F1 %", "of segments %")

LEGEND = """
*Accuracy*: attempts given to who speaks, of {n_attempts} by {n_speakers} speakers, all of them
enrolled, with its 95% interval over attempts; guessing gives {guess:.1f}%. *Macro F1*: F1 of each
speaker, averaged. *Of segments*: the same share of {n_segments} pieces of {length_s:g} s, each
judged alone. `predictions.csv` names whom each attempt was taken for, `segments.csv` each piece,
with its time. {apart}

![Confusion matrices](confusion.png)

![Segments over time: blue where the speaker is found](segments.png)
"""


def write_classification(
    found: tuple[Found, Found],
    segments: Sequence[Segment],
    length_s: float,
    attempted: tuple[Experiment, Origin],
    folder: Path,
) -> str:
    """Write page, figures, tables and pictures, and return the Markdown table of the systems.

    Args:
        found: what systems say of attempts, and of their segments.
        segments: those.
        length_s: of a segment.
        attempted: what was run, and of what it was made.
        folder: of the report.
    """
    whole, pieces = found
    first = next(iter(whole.values()))
    experiment, origin = attempted
    figures = {name: _figures(whole[name], pieces[name]) for name in whole}
    text = json.dumps({"systems": figures}, indent=2) + "\n"
    write_whole(folder / FIGURES, text)
    attempts = [(" ".join(files),) for _, files in attempts_of(experiment.trials)]
    _write(folder / "predictions.csv", ("files",), attempts, whole)
    places = [(s.attempt, s.file, f"{s.start_s:.2f}", f"{s.end_s:.2f}") for s in segments]
    _write(folder / "segments.csv", ("attempt", "file", "start_s", "end_s"), places, pieces)
    speakers, confusions = first.speakers, {name: each.confusion for name, each in whole.items()}
    plots.save(plots.confusion_figure(confusions, speakers), folder / "confusion.png")
    plots.save_timelines(_timelines(segments, pieces), folder / "segments.png")
    table = _table(whole, pieces)
    legend = _legend(whole, len(segments), length_s, origin)
    page = [f"# Whose voice of many: {origin.source.name}\n\n", table, legend, *run_again(origin)]
    write_whole(folder / PAGE, "\n".join(page).encode("utf-8", "backslashreplace"))
    return table


def _table(whole: Found, pieces: Found) -> str:
    rows = []
    for name, each in whole.items():
        low, high = (f"{100 * bound:.1f}" for bound in each.accuracy_ci)
        others = (f"{100 * share:.2f}" for share in (each.macro_f1, pieces[name].accuracy))
        rows.append((name, f"{100 * each.accuracy:.2f} ({low} to {high})", *others))
    return report.table(HEADINGS, rows)


def _legend(whole: Found, n_segments: int, length_s: float, origin: Origin) -> str:
    first = next(iter(whole.values()))
    n_speakers = len(first.speakers)
    counts = {"n_attempts": len(first.own), "n_speakers": n_speakers, "n_segments": n_segments}
    apart = sessions(origin.plan, n_speakers) if origin.plan else ""
    return LEGEND.format(**counts, guess=100 / n_speakers, length_s=length_s, apart=apart)


def _figures(whole: Classification, pieces: Classification) -> dict[str, object]:
    return {
        "accuracy": whole.accuracy,
        "accuracy_ci": whole.accuracy_ci,
        "macro_f1": whole.macro_f1,
        "segment_accuracy": pieces.accuracy,
    }


def _write(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], found: Found
) -> None:
    first = next(iter(found.values()))
    own = [first.speakers[speaker] for speaker in first.own]
    taken_for = [[each.speakers[speaker] for speaker in each.predicted] for each in found.values()]
    told = ([*row, *names] for row, *names in zip(rows, own, *taken_for, strict=True))
    write_csv(path, (*header, "speaker", *found), told)


def _timelines(segments: Sequence[Segment], pieces: Found) -> dict[str, NDArray[np.float64]]:
    """Return (attempts, segments) of 1 where the speaker was found, 0 where not, NaN beyond."""
    attempt = [segment.attempt for segment in segments]
    counts: Counter[int] = Counter()
    place = []
    for number in attempt:
        place.append(counts[number])
        counts[number] += 1
    lines = {}
    for name, each in pieces.items():
        lines[name] = np.full((max(attempt) + 1, max(place) + 1), np.nan)
        lines[name][attempt, place] = each.predicted == each.own
    return lines
