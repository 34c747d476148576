"""Fit what tells that a voice is told wrongly, or that two speak at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.linear_model import LogisticRegression

from cepstra.gmm.ubm import DiagonalMixture
from cepstra.timeline.clustering import cluster
from cepstra.timeline.doubt import NO_VOICE
from cepstra.timeline.regressions import Regressions
from cepstra.timeline.resegmentation import CELL_FRAMES
from cepstra.timeline.voice_posteriors import VoicePosteriors, resegmented
from cepstra.timeline.voices import VoiceComparison
from cepstra.training.timeline import INVERSE_PENALTY, HeardMeeting

FloatArray = NDArray[Any]
Mask = NDArray[np.bool_]

ALONE, ANOTHER, TWO = range(3)


def fit_doubts(
    comparison: VoiceComparison,
    background: DiagonalMixture,
    meetings: Sequence[HeardMeeting],
    regressions: Regressions,
) -> FloatArray:
    """(2, Q + 1) weights of `timeline.doubt.doubts`, of meetings whose turns are known.

    Raises:
        ValueError: no voice is told wrongly, or never do two speak at once.
    """
    inputs, outcomes, sources = [], [], []
    for meeting in meetings:
        groups = cluster(comparison, meeting.sums, regressions)
        posteriors = resegmented(background, meeting.heard, groups)
        if posteriors.inputs is None:
            continue
        found = _outcomes(posteriors, meeting.speaks)
        told = found >= ALONE
        inputs.append(posteriors.inputs[told])
        outcomes.append(found[told])
        sources.append(np.full(np.count_nonzero(told), meeting.source))
    targets, of_source = np.concatenate(outcomes), np.concatenate(sources)
    if len(np.unique(targets)) < TWO + 1:
        raise ValueError("meetings: expected voices told wrongly, and two at once")
    _, places, counts = np.unique(of_source, return_inverse=True, return_counts=True)
    weights = 1 / (counts[places] * len(counts))
    model = LogisticRegression(C=INVERSE_PENALTY, solver="newton-cholesky")
    model.fit(np.concatenate(inputs), targets, sample_weight=weights)
    rows = np.column_stack([model.coef_, model.intercept_])
    return rows[1:] - rows[0]


def _outcomes(posteriors: VoicePosteriors, speaks: Mask) -> NDArray[np.intp]:
    """(C,) `ALONE`, `ANOTHER` or `TWO` of each cell under the best mapping of voices; else -1."""
    starts = np.arange(0, len(speaks), CELL_FRAMES)
    truth = np.add.reduceat(speaks.astype(np.intp), starts, axis=0) > CELL_FRAMES / 2
    n_voices = posteriors.probabilities.shape[1]
    told = posteriors.voices[:, None] == np.arange(n_voices)
    common = truth.T.astype(np.float64) @ told
    speakers, voices = linear_sum_assignment(-common)
    speaker_of = np.full(n_voices, -1)
    speaker_of[voices] = speakers
    own = speaker_of[posteriors.voices]
    is_right = (own >= 0) & truth[np.arange(len(truth)), np.maximum(own, 0)]
    n_speaking = truth.sum(axis=1)
    outcomes = np.where(n_speaking > 1, TWO, np.where(is_right, ALONE, ANOTHER))
    return np.where((posteriors.voices == NO_VOICE) | (n_speaking == 0), -1, outcomes)
