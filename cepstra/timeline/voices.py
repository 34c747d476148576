"""Stretches of speech as sums that add up, and how much likelier one voice is than two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.score_normalisation import nearest_cohort
from cepstra.gmm.verifier import N_NEAREST, Verifier, VoiceNetwork

FloatArray = NDArray[Any]

# Logistic regression on 48,839 pairs of 0.6 to 24 s of background speakers that neither mixtures
# nor network learnt from, one meeting each pair; docs/timeline.md says of whom.
NETWORK_WEIGHT = 0.705
IVECTOR_WEIGHTS = {"wide": 0.213, "narrow": 0.378}
SHORTER_WEIGHT, LONGER_WEIGHT, BIAS = -1.063, -0.981, 7.728


@dataclass(frozen=True)
class Sums:
    """Additive statistics of M stretches.

    Attributes:
        n_frames: (M,) speech frames.
        network: (M, 3, P) of `AdditiveEmbedder.sums`.
        zeroth: (M, K) of each stream.
        linear: (M, R) of each stream.
    """

    n_frames: FloatArray
    network: FloatArray
    zeroth: dict[str, FloatArray]
    linear: dict[str, FloatArray]

    def pooled(self, groups: Sequence[Sequence[int]]) -> Sums:
        """The sums of groups of stretches."""

        def added(values: FloatArray) -> FloatArray:
            return np.stack([values[list(group)].sum(axis=0) for group in groups])

        return Sums(
            added(self.n_frames),
            added(self.network),
            {name: added(values) for name, values in self.zeroth.items()},
            {name: added(values) for name, values in self.linear.items()},
        )


@dataclass(frozen=True)
class Side:
    """M stretches by one measure.

    Attributes:
        places: (M, D).
        mean: (M,) score of the nearest cohort voices, and
        deviation: (M,) their spread.
    """

    places: FloatArray
    mean: FloatArray
    deviation: FloatArray


@dataclass(frozen=True)
class Places:
    """Where M stretches lie: by network and by the i-vectors of each stream."""

    n_frames: FloatArray
    network: Side
    ivectors: dict[str, Side]


class VoiceComparison:
    """Compares stretches of one recording by the shipped network and i-vectors."""

    def __init__(self, verifier: Verifier) -> None:
        """Take the parameters of a verifier with a network.

        Raises:
            ValueError: it has none.
        """
        if verifier.network is None:
            raise ValueError("verifier: expected one with a network")
        self._network: VoiceNetwork = verifier.network
        self._ivectors = verifier.background.ivectors

    def sums(self, spoken: FloatArray, streams: dict[str, FloatArray]) -> Sums:
        """Sums of one stretch: (T, 20) speech frames and their vectors (T, D) by stream."""
        zeroth, linear = {}, {}
        for name, scorer in self._ivectors.items():
            counts, first = scorer.mixture.statistics(streams[name])
            zeroth[name] = counts[None].astype(np.float32)
            linear[name] = scorer.total_variability.linear_statistic(counts, first)[None]
        n_frames = np.array([float(len(spoken))])
        return Sums(n_frames, self._network.sums(spoken)[None], zeroth, linear)

    def places(self, sums: Sums) -> Places:
        """Where M stretches lie."""
        points = np.stack([self._network.embedding(each) for each in sums.network])
        network = Side(points, *nearest_cohort(self._network.cohort @ points.T, N_NEAREST))
        sides = {}
        for name, scorer in self._ivectors.items():
            raw = scorer.total_variability.ivectors(sums.zeroth[name], sums.linear[name])
            projected = scorer.plda.projected(raw)
            of_cohort = scorer.plda.llrs(scorer.prepared_cohort, projected)
            sides[name] = Side(projected, *nearest_cohort(of_cohort, N_NEAREST))
        return Places(sums.n_frames, network, sides)

    def llrs(self, first: Places, second: Places) -> FloatArray:
        """(M, N) natural log-likelihood ratios of one voice to two, for any two stretches."""
        cosines = first.network.places @ second.network.places.T
        total = NETWORK_WEIGHT * _normalised(cosines, first.network, second.network)
        for name, scorer in self._ivectors.items():
            one, other = first.ivectors[name], second.ivectors[name]
            scores = scorer.plda.llrs(scorer.plda.prepared(one.places), other.places)
            total = total + IVECTOR_WEIGHTS[name] * _normalised(scores, one, other)
        lengths = np.log(first.n_frames)[:, None], np.log(second.n_frames)[None]
        total = total + SHORTER_WEIGHT * np.minimum(*lengths) + LONGER_WEIGHT * np.maximum(*lengths)
        result: FloatArray = (total + BIAS).astype(np.float32)
        return result


def joined(parts: Sequence[Sums]) -> Sums:
    """Several stretches' sums as one object."""
    return Sums(
        np.concatenate([part.n_frames for part in parts]),
        np.concatenate([part.network for part in parts]),
        {name: np.concatenate([part.zeroth[name] for part in parts]) for name in parts[0].zeroth},
        {name: np.concatenate([part.linear[name] for part in parts]) for name in parts[0].linear},
    )


def _normalised(scores: FloatArray, first: Side, second: Side) -> FloatArray:
    """(M, N) mean of the scores in units of either side's cohort."""
    by_first = (scores - first.mean[:, None]) / first.deviation[:, None]
    by_second = (scores - second.mean) / second.deviation
    result: FloatArray = (by_first + by_second) / 2
    return result
