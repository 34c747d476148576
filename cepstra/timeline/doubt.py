"""What tells that the voice which is told is another one, or that two speak at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.special import softmax

FloatArray = NDArray[Any]
IntArray = NDArray[np.intp]

INPUTS = ("llr", "lead", "level", "n_speech", "near", "nearby", "log_voices")
OUTCOMES = ("another", "two")
WINDOW_CELLS = 9
LARGEST_LEAD = 1.0
NEAR_CELLS, NEARBY_CELLS = 4.0, 10.0  # from a change of voice without a pause
NO_VOICE = -1


def doubt_inputs(
    course: IntArray, llrs: FloatArray, n_speech: FloatArray, levels: FloatArray
) -> FloatArray:
    """(C, Q) of `INPUTS` in cells of 100 ms, of which somebody speaks in each.

    Where two speak at once, the voice is less like itself and more like another one, louder than
    usual, and one of them begins or ends nearby.

    Args:
        course: (C,) the voice that is told, or `NO_VOICE`.
        llrs: (C, V) weighted log-likelihood ratios of the voices, V >= 2.
        n_speech: (C,) speech frames of a cell.
        levels: (C,) sum of their levels, in units of c0.
    """
    n_near = np.maximum(_smooth(n_speech), 1e-3)
    ratios = _smooth(llrs) / n_near[:, None]
    cells, told = np.arange(len(course)), np.maximum(course, 0)
    own = ratios[cells, told]
    others = ratios.copy()
    others[cells, told] = -np.inf
    lead = np.clip(own - others.max(axis=1), -LARGEST_LEAD, LARGEST_LEAD)
    n_voices = llrs.shape[1]
    spoken = np.bincount(told, n_speech * (course >= 0), n_voices)
    usual = np.bincount(told, levels * (course >= 0), n_voices) / np.maximum(spoken, 1)
    distance = _distance_to_change(course)
    columns = (
        own,
        lead,
        _smooth(levels) / n_near - usual[told],
        n_speech,
        np.exp(-distance / NEAR_CELLS),
        np.exp(-distance / NEARBY_CELLS),
        np.full(len(course), np.log(n_voices)),
    )
    return np.stack(columns, axis=1)


def doubts(inputs: FloatArray, weights: FloatArray) -> FloatArray:
    """(C, 2) probabilities of `OUTCOMES`: another voice speaks, and two speak at once.

    Args:
        inputs: (C, Q) of `doubt_inputs`.
        weights: (2, Q + 1) of a multinomial regression, constants last; of one voice alone 0.
    """
    odds = inputs @ weights[:, :-1].T + weights[:, -1]
    return softmax(np.pad(odds, ((0, 0), (1, 0))), axis=1)[:, 1:]


def _smooth(values: FloatArray) -> FloatArray:
    return uniform_filter1d(values, WINDOW_CELLS, axis=0, mode="constant")


def _distance_to_change(course: IntArray) -> FloatArray:
    """(C,) cells to the nearest change from one voice to another without a pause."""
    spoken = (course[:-1] != NO_VOICE) & (course[1:] != NO_VOICE)
    changes = np.flatnonzero((np.diff(course) != 0) & spoken) + 0.5
    bounds = np.concatenate([[-np.inf], changes, [np.inf]])
    cells = np.arange(len(course))
    after = np.searchsorted(bounds, cells)
    return np.minimum(cells - bounds[after - 1], bounds[after] - cells)
