"""Confidence intervals by resampling speakers."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

Metric = Callable[[NDArray[np.float64], NDArray[np.float64]], float]


def speaker_intervals(
    metrics: Mapping[str, Metric],
    scores: ArrayLike,
    is_target: ArrayLike,
    models: ArrayLike,
    n_resamples: int = 500,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """95% percentile intervals of several metrics.

    Trials of one model rise and fall together, so whole model speakers are drawn with
    replacement, not trials. Source: Efron and Tibshirani, "An Introduction to the Bootstrap",
    1993, chapter 13.

    Args:
        metrics: name -> function of (target_scores, impostor_scores).
        scores: (n_trials,), or (n_trials, K) where the metrics look at several scores.
        is_target: (n_trials,) true where the model's own speaker speaks.
        models: (n_trials,) the model's name of each trial.
        n_resamples: number of draws.
        seed: of the draws; all metrics see the same ones.

    Returns:
        name -> (lower, upper) bound.

    Raises:
        ValueError: no draw has both a target and an impostor.
    """
    scores, is_target = np.asarray(scores, dtype=np.float64), np.asarray(is_target, dtype=bool)
    names, owner = np.unique(np.asarray(models), return_inverse=True)
    targets = [scores[(owner == i) & is_target] for i in range(len(names))]
    impostors = [scores[(owner == i) & ~is_target] for i in range(len(names))]
    rng = np.random.default_rng(seed)
    draws = (rng.integers(len(names), size=len(names)) for _ in range(n_resamples))
    drawn = [(_joined(targets, draw), _joined(impostors, draw)) for draw in draws]
    values = [[metric(*two) for metric in metrics.values()] for two in drawn if all(map(len, two))]
    if not values:
        raise ValueError("expected models with targets and impostors")
    low, high = np.percentile(np.array(values), [2.5, 97.5], axis=0)
    return {name: (float(low[i]), float(high[i])) for i, name in enumerate(metrics)}


def _joined(parts: list[NDArray[np.float64]], chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.concatenate([parts[i] for i in chosen])
