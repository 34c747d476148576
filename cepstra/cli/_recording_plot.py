"""Draw what the front end hears: waveform, where speech was found, mel bands and cepstra."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cepstra.evaluation.plots import draw_heat
from cepstra.frontend import extract, mel_spectrogram, page_definition

LONGEST_S = 60.0
INK, SPEECH = "#1f2937", "#047857"


def save(samples: NDArray[np.float64], spans: Sequence[slice], title: str, path: Path) -> None:
    """Write a PNG of the first minute of a recording.

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
    wave.set(title=title, ylabel="waveform")
    for span in spans:
        _mark(wave, span, definition.frames_per_second)
    mel = mel_spectrogram(samples, definition)
    mfcc = extract(samples, definition).mfcc
    draw_heat(bands, mel, "mel band, low to high")
    # c0, the loudness, is many times larger than the others and would drown them.
    draw_heat(cepstra, mfcc / np.maximum(mfcc.std(axis=0), 1e-9), "cepstrum c0 to c19")
    cepstra.set_xlabel(f"seconds ({len(spans)} utterances, in green)")
    wave.set_xlim(0, max(len(samples) / definition.sample_rate_hz, 0.1))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def _mark(axis: Axes, span: slice, frames_per_second: float) -> None:
    start_s, stop_s = span.start / frames_per_second, span.stop / frames_per_second
    axis.axvspan(start_s, stop_s, color=SPEECH, alpha=0.15, linewidth=0)
    for edge_s in (start_s, stop_s):
        axis.axvline(edge_s, color=SPEECH, linewidth=0.8)
