"""Detection error trade-off curves, score histograms, confusion and frames, as pictures."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from scipy.special import ndtri

from cepstra.evaluation import metrics
from cepstra.evaluation.runner import TrialScores
from cepstra.frontend import page_definition
from cepstra.whole_files import write_whole

TICKS_PERCENT = (0.1, 0.5, 1, 2, 5, 10, 20, 40, 60, 80)
LIMITS_PERCENT = (0.05, 85.0)
LEAST_DRAWN = 0.0006  # a share, inside the limits
COLOURS = ("#c2410c", "#1d4ed8", "#047857", "#7c3aed", "#b45309", "#0e7490")
INK, FAINT = "#1f2937", "#d1d5db"
SHIPPED = "shipped threshold (median)"
MOST_NAMED = 20  # speakers along an axis


def det_figure(panels: Mapping[str, Mapping[str, TrialScores]]) -> Figure:
    """Draw DET curves on probit axes, where normally distributed scores give straight lines.

    Source: Martin et al., "The DET curve in assessment of detection task performance",
    Eurospeech 1997.

    Args:
        panels: title -> system name -> scores; one panel each, side by side.
    """
    figure = Figure(figsize=(5.2 * len(panels), 5.4), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axis, (title, results) in zip(axes, panels.items(), strict=True):
        _style_det(axis, title)
        for i, (name, result) in enumerate(results.items()):
            _draw_det(axis, name, result, COLOURS[i % len(COLOURS)])
        axis.legend(loc="upper right", framealpha=0.92, edgecolor="none", fontsize=9)
    return figure


def histogram_figure(name: str, result: TrialScores, threshold: str = SHIPPED) -> Figure:
    """Draw the score distributions of targets and impostors with their threshold.

    Args:
        name: the system's name, for the title.
        result: its scores.
        threshold: what the legend calls it.
    """
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axis = figure.subplots()
    low, high = np.percentile(result.scores, [0.1, 99.9])
    bins = np.linspace(low, high if high > low else low + 1, 61).tolist()
    sets = (("impostors", result.impostors, COLOURS[0]), ("targets", result.targets, COLOURS[1]))
    for label, scores, colour in sets:
        weights = np.full(len(scores), 100 / len(scores))
        axis.hist(
            np.clip(scores, bins[0], bins[-1]),
            bins,
            weights=weights,
            color=colour,
            alpha=0.55,
            label=f"{label} ({len(scores)})",
        )
    if result.threshold is not None:
        axis.axvline(result.threshold, color=INK, linestyle="--", linewidth=1.2, label=threshold)
    axis.set_title(name, color=INK, loc="left", fontweight="bold")
    axis.set_xlabel("log-likelihood ratio" if result.scores_are_llrs else "score")
    axis.set_ylabel("share of trials, %")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, loc="best")
    return figure


def heat_figure(mfcc: NDArray[np.float64]) -> Figure:
    """Draw frames (T, D) over time, low cepstra at the bottom."""
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axis = figure.subplots()
    draw_cepstra(axis, mfcc)
    axis.set_xlabel("seconds of speech")
    return figure


def draw_cepstra(axis: Axes, mfcc: NDArray[np.float64]) -> None:
    """Draw cepstra (T, D), each by its own deviation: c0, the loudness, would drown the others."""
    scaled = mfcc / np.maximum(mfcc.std(axis=0), 1e-9)
    draw_heat(axis, scaled, f"cepstrum c0 to c{mfcc.shape[1] - 1}")


def draw_heat(axis: Axes, frames: NDArray[np.float64], label: str) -> None:
    """Draw frames (T, D) of the page's front end as colours over seconds."""
    if len(frames):
        seconds = len(frames) / page_definition().frames_per_second
        extent = (0, seconds, -0.5, frames.shape[1] - 0.5)
        axis.imshow(frames.T, origin="lower", aspect="auto", extent=extent, cmap="magma")
    axis.set_ylabel(label)
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))
    axis.tick_params(color=FAINT)


def confusion_figure(panels: Mapping[str, NDArray[np.int64]], speakers: Sequence[str]) -> Figure:
    """Draw confusion matrices as shares of their rows.

    Args:
        panels: title -> (N, N) counts by true (rows) and predicted (columns) speaker.
        speakers: (N,) names, which stand along the axes where they are few.
    """
    n_columns = min(3, len(panels))
    n_rows = -(-len(panels) // n_columns)
    figure = Figure(figsize=(4.0 * n_columns, 3.9 * n_rows), layout="constrained")
    axes = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for axis in axes[len(panels) :]:
        axis.set_axis_off()
    for axis, (title, counts) in zip(axes, panels.items(), strict=False):
        shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        image = axis.imshow(shares, cmap="Blues", vmin=0, vmax=100, interpolation="nearest")
        axis.set_title(title, color=INK, loc="left", fontweight="bold")
        axis.set_xlabel("given to")
        axis.set_ylabel("who speaks")
        if len(speakers) <= MOST_NAMED:
            places = np.arange(len(speakers))
            axis.set_xticks(places, speakers, rotation=90)
            axis.set_yticks(places, speakers)
    figure.colorbar(image, ax=axes.tolist(), label="share of attempts, %", shrink=0.8)
    return figure


def save_timelines(panels: Mapping[str, NDArray[np.float64]], path: Path) -> None:
    """Draw, one row an attempt, which of its segments are right.

    Args:
        panels: title -> (A, S) of 1 where a segment is right, 0 where not, NaN beyond the attempt.
        path: the PNG to write; its folder is made.
    """
    figure = Figure(figsize=(4.0 * len(panels), 4.4), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    colours = ListedColormap([COLOURS[0], COLOURS[1]])
    for axis, (title, right) in zip(axes, panels.items(), strict=True):
        axis.imshow(right, cmap=colours, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        axis.set_title(title, color=INK, loc="left", fontweight="bold")
        axis.set_xlabel("segment with speech")
        axis.set_ylabel("attempt")
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a PNG, or what the file's ending asks for, as a whole; its folder is made."""
    picture = BytesIO()
    form = path.suffix.lower()[1:] or "png"
    metadata = {"Software": None} if form == "png" else None  # other formats know no such field
    figure.savefig(picture, dpi=130, format=form, metadata=metadata)
    write_whole(path, picture.getvalue())


def _style_det(axis: Axes, title: str) -> None:
    positions = [float(ndtri(tick / 100)) for tick in TICKS_PERCENT]
    labels = [f"{tick:g}" for tick in TICKS_PERCENT]
    limits = [float(ndtri(limit / 100)) for limit in LIMITS_PERCENT]
    axis.set_xticks(positions, labels)
    axis.set_yticks(positions, labels)
    axis.set_xlim(*limits)
    axis.set_ylim(*limits)
    axis.set_aspect("equal")
    axis.grid(color=FAINT, linewidth=0.6)
    axis.plot(limits, limits, color=FAINT, linestyle=":", linewidth=1.2)
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_title(title, color=INK, loc="left", fontweight="bold")
    axis.set_xlabel("false accept rate, %")
    axis.set_ylabel("false reject rate, %")


def _draw_det(axis: Axes, name: str, result: TrialScores, colour: str) -> None:
    far, frr = metrics.det_points(result.targets, result.impostors)
    # 0 and 1 are infinitely far away on probit axes: a rate of 0 runs along the border.
    x, y = (ndtri(np.clip(rate, LEAST_DRAWN, 1 - LEAST_DRAWN)) for rate in (far, frr))
    equal = 100 * metrics.eer(result.targets, result.impostors)
    axis.plot(x, y, color=colour, linewidth=1.8, label=f"{name}, EER {equal:.1f}%")
    middle = ndtri(max(equal / 100, LEAST_DRAWN))
    axis.plot(middle, middle, "o", color=colour, markersize=5)
