"""Pictures of a recording, as the front end hears it, and of a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cepstra.cli._sources import shown
from cepstra.evaluation.plots import FAINT, INK, draw_cepstra, draw_heat, save
from cepstra.frontend import extract, mel_spectrogram, page_definition
from cepstra.timeline import Timeline

LONGEST_S = 60.0
SPEECH = "#047857"
COLOURS = ("#047857", "#b45309", "#1d4ed8", "#be185d", "#6d28d9", "#0e7490", "#4d7c0f", "#9f1239")


def save_recording(
    samples: NDArray[np.float64], spans: Sequence[slice], title: str, path: Path
) -> None:
    """Write a PNG of the first minute of a recording: waveform, mel bands and cepstra.

    Args:
        samples: (n,) samples at the front end's rate; what is beyond a minute is left out.
        spans: frames of the utterances found.
        title: what was recorded.
        path: the PNG; its folder is made.
    """
    definition = page_definition()
    samples = samples[: round(LONGEST_S * definition.sample_rate_hz)]
    figure = Figure(figsize=(10, 7.5), layout="constrained")
    wave, bands, cepstra = figure.subplots(3, 1, sharex=True)
    times_s = np.arange(len(samples)) / definition.sample_rate_hz
    wave.plot(times_s, samples, color=INK, linewidth=0.4)
    wave.set(title=_title(title), ylabel="waveform")
    for span in spans:
        _mark(wave, span, definition.frames_per_second)
    draw_heat(bands, mel_spectrogram(samples, definition), "mel band, low to high")
    draw_cepstra(cepstra, extract(samples, definition).mfcc)
    cepstra.set_xlabel(f"seconds ({len(spans)} utterances, in green)")
    wave.set_xlim(0, max(len(samples) / definition.sample_rate_hz, 0.1))
    save(figure, path)


def _title(name: str) -> str:
    return shown(name).replace("$", r"\$")  # two of which would set off a formula


def _mark(axis: Axes, span: slice, frames_per_second: float) -> None:
    start_s, stop_s = span.start / frames_per_second, span.stop / frames_per_second
    axis.axvspan(start_s, stop_s, color=SPEECH, alpha=0.15, linewidth=0)
    for edge_s in (start_s, stop_s):
        axis.axvline(edge_s, color=SPEECH, linewidth=0.8)


def save_timeline(timeline: Timeline, names: Sequence[str], title: str, path: Path) -> None:
    """Write a PNG with a row for each voice, a bar for each segment; pale bars are not sure."""
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
    axis.set_yticks(range(len(names)), [_title(name) for name in names])
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.set_xlim(0, max(timeline.duration_s, 0.1))
    axis.set(title=_title(title), xlabel="seconds")
    axis.title.set_color(INK)
    axis.grid(axis="x", color=FAINT)
    save(figure, path)
