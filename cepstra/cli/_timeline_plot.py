"""Draw a timeline: a row for each voice, a bar for each segment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from cepstra.timeline import Timeline

INK, FAINT = "#1f2937", "#d1d5db"
COLOURS = ("#047857", "#b45309", "#1d4ed8", "#be185d", "#6d28d9", "#0e7490", "#4d7c0f", "#9f1239")


def save(timeline: Timeline, names: Sequence[str], title: str, path: Path) -> None:
    """Write a PNG; pale bars are not sure."""
    height = 1.2 + 0.4 * max(len(names), 1)
    figure = Figure(figsize=(12, height), layout="constrained")
    axis = figure.subplots()
    for segment in timeline.segments:
        span = [(segment.start_s, segment.end_s - segment.start_s)]
        colour = COLOURS[segment.voice % len(COLOURS)]
        is_sure = segment.other is None
        axis.broken_barh(
            span, (segment.voice - 0.35, 0.7), facecolors=colour, alpha=1 if is_sure else 0.4
        )
        if segment.other is not None:
            axis.broken_barh(span, (segment.other - 0.35, 0.7), facecolors=colour, alpha=0.2)
    axis.set_yticks(range(len(names)), [name.replace("$", r"\$") for name in names])
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.set_xlim(0, max(timeline.duration_s, 0.1))
    axis.set(title=title.replace("$", r"\$"), xlabel="seconds")
    axis.title.set_color(INK)
    axis.grid(axis="x", color=FAINT)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
