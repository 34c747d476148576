"""Pictures for a notebook or a file: what is heard, how scores lie, how errors trade off."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from cepstra.evaluation.runner import TrialScores
from cepstra.frontend import Features
from cepstra.library.speech import numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """A figure of Matplotlib that notebooks show by themselves; no window is opened."""

    figure: Figure

    def save(self, path: str | Path) -> None:
        """Write a PNG, or SVG or PDF by the file's ending; its folder is made."""
        _plots().save(self.figure, Path(path))

    def _repr_png_(self) -> bytes:
        written = io.BytesIO()
        self.figure.savefig(written, format="png", dpi=100)
        return written.getvalue()


def heat_map(speech: Features | ArrayLike) -> Picture:
    """Draw the cepstra of `features`, or frames (T, D), over time.

    Raises:
        ValueError: the frames are not (T, D) finite numbers, T >= 1.
    """
    frames = speech.mfcc if isinstance(speech, Features) else speech
    mfcc = numbers("speech", frames, "what features() returns, or frames")
    if mfcc.ndim != 2 or not mfcc.size or not np.isfinite(mfcc).all():
        raise ValueError(f"speech: expected (T, D) finite numbers, got shape {mfcc.shape}")
    return Picture(_plots().heat_figure(mfcc))


def scores(own: ArrayLike, others: ArrayLike, threshold: float, title: str = "Scores") -> Picture:
    """Draw how ratios of own attempts (n,) and of others' (m,) lie about a threshold.

    Raises:
        ValueError: either is empty or not finite, or the threshold is not.
    """
    if np.ndim(threshold) or not np.isfinite(numbers("threshold", threshold, "a finite number")):
        raise ValueError(f"threshold: expected a finite number, got {threshold}")
    result = _trial_scores(own, others, threshold)
    return Picture(_plots().histogram_figure(title, result, "threshold"))


def det(curves: Mapping[str, tuple[ArrayLike, ArrayLike]], title: str = "") -> Picture:
    """Draw detection error trade-off curves with their equal error rates.

    Args:
        curves: name -> scores of own attempts (n,) and of others' (m,), higher is more alike.
        title: over the picture.

    Raises:
        ValueError: there is no curve, or scores are missing or not finite.
    """
    if not isinstance(curves, Mapping) or not curves:
        raise ValueError(f"curves: expected {{name: (own, others)}}, got {curves!r:.80}")
    for name, pair in curves.items():
        if not hasattr(pair, "__len__") or len(pair) != 2:
            raise ValueError(f"curves: expected (own, others) of {name!r}, got {pair!r:.80}")
    results = {name: _trial_scores(own, others, 0.0) for name, (own, others) in curves.items()}
    return Picture(_plots().det_figure({title: results}))


def _plots() -> ModuleType:
    """Return the module that draws; help() works where Matplotlib is not installed."""
    from cepstra.evaluation import plots

    return plots


def _trial_scores(own: ArrayLike, others: ArrayLike, threshold: float) -> TrialScores:
    sets = [numbers(name, each, "numbers") for name, each in (("own", own), ("others", others))]
    for name, each in zip(("own", "others"), sets, strict=True):
        if each.ndim != 1 or not each.size or not np.isfinite(each).all():
            raise ValueError(f"{name}: expected (n,) finite scores, got shape {each.shape}")
    n_own, n_trials = len(sets[0]), len(sets[0]) + len(sets[1])
    return TrialScores(
        np.concatenate(sets),
        np.arange(n_trials) < n_own,
        np.full(n_trials, ""),
        np.full(n_trials, threshold),
        True,
    )
