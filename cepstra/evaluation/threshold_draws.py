"""How a threshold that some speakers set does on the others, who were not there when it was set."""

from __future__ import annotations

import numpy as np

from cepstra.gmm.operating_point import Trials, operating_points, resampled


def others_passing(trials: Trials, n_setting: int, rate: float, n_draws: int) -> list[float]:
    """Share of others' attempts that pass, 0 to 1, in each draw for which a threshold was named.

    Args:
        trials: of S speakers.
        n_setting: how many of them, drawn anew each time, set the threshold; all others try it.
        rate: of false accepts that the threshold is for.
        n_draws: how often.

    Raises:
        ValueError: fewer than two speakers would be left to try it.
    """
    speakers = np.union1d(trials.models, trials.voices)
    if n_setting > len(speakers) - 2:
        raise ValueError(f"n_setting: expected at most {len(speakers) - 2}, got {n_setting}")
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(n_draws):
        setting = rng.choice(speakers, n_setting, replace=False)
        has_model, has_voice = np.isin(trials.models, setting), np.isin(trials.voices, setting)
        known, unknown = trials[has_model & has_voice], trials[~has_model & ~has_voice]
        [point] = operating_points(known, [rate], resampled(known))
        if point.refusal is None:
            shares.append(float(np.mean(unknown.others >= point.threshold.value)))
    return shares
