"""Which voice speaks in each 100 ms of a recording, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.streams import WIDE
from cepstra.gmm.ubm import DiagonalMixture
from cepstra.timeline.activity import runs
from cepstra.timeline.clustering import Groups
from cepstra.timeline.doubt import NO_VOICE, doubt_inputs
from cepstra.timeline.resegmentation import CELL_FRAMES, cell_llrs, posteriors
from cepstra.timeline.units import Heard

FloatArray = NDArray[Any]


@dataclass(frozen=True)
class VoicePosteriors:
    """C cells of 100 ms.

    Attributes:
        voices: (C,) the likeliest voice, or `NO_VOICE` where nobody speaks.
        probabilities: (C, V) of each of V voices, were one of them speaking alone.
        inputs: (C, Q) of `doubt.doubt_inputs`; None where there is but one voice.
    """

    voices: NDArray[np.intp]
    probabilities: FloatArray
    inputs: FloatArray | None


def resegmented(background: DiagonalMixture, heard: Heard, groups: Groups) -> VoicePosteriors:
    """Tell which voice speaks in each cell, from groups of stretches, whose edges may move.

    Args:
        background: what mixtures of the voices are adapted from.
        heard: the recording.
        groups: of its stretches, one a voice.
    """
    frames, activity = heard.floored, heard.activity
    labels = np.full(len(frames), NO_VOICE, dtype=np.intp)
    for voice, group in enumerate(groups):
        for unit in group:
            labels[slice(*heard.spans[unit])] = voice
    vectors = WIDE.vectors([frames])
    n_static = vectors.shape[1] // 2
    vectors[:, :n_static] -= vectors[activity.speech][:, :n_static].mean(axis=0)
    llrs = cell_llrs(background, vectors, labels, activity.speech)
    probabilities = np.zeros(llrs.shape)
    voices = np.full(len(llrs), NO_VOICE, dtype=np.intp)
    for start, end in runs(activity.active):
        cells = slice(start // CELL_FRAMES, -(-end // CELL_FRAMES))
        probabilities[cells] = posteriors(llrs[cells])
        voices[cells] = probabilities[cells].argmax(axis=1)
    if len(groups) < 2:
        return VoicePosteriors(voices, probabilities, None)
    n_speech = _added(activity.speech)
    levels = _added(frames[:, 0] * activity.speech)
    return VoicePosteriors(voices, probabilities, doubt_inputs(voices, llrs, n_speech, levels))


def _added(values: NDArray[Any]) -> FloatArray:
    """(C,) sums of the cells of (T,)."""
    starts = np.arange(0, len(values), CELL_FRAMES)
    return np.add.reduceat(values.astype(np.float64), starts)
