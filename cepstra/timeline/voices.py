"""Stretches of speech as sums that add up, and by what they are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.fusion_scorer import N_NEAREST, FusionScorer
from cepstra.gmm.score_normalisation import nearest_cohort

FloatArray = NDArray[Any]

IVECTOR_STREAM = "narrow"
LONGEST_COUNTED_FRAMES = 800.0  # more speech than this says no more of a voice


@dataclass(frozen=True)
class Sums:
    """Additive statistics of M stretches.

    Attributes:
        n_frames: (M,) speech frames.
        parts: (M, ...) by name: of both networks, zeroth and linear ones of the i-vector.
    """

    n_frames: FloatArray
    parts: Mapping[str, FloatArray]

    def pooled(self, groups: Sequence[Sequence[int]]) -> Sums:
        """The sums of groups of stretches."""

        def added(values: FloatArray) -> FloatArray:
            return np.stack([values[list(group)].sum(axis=0) for group in groups])

        parts = {name: added(values) for name, values in self.parts.items()}
        return Sums(added(self.n_frames), parts)


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
    """Where M stretches lie: by both networks and by the i-vector, in this order."""

    n_frames: FloatArray
    sides: tuple[Side, ...]

    def part(self, start: int, end: int) -> Places:
        """The places of stretches start to end - 1."""
        sides = (
            Side(each.places[start:end], each.mean[start:end], each.deviation[start:end])
            for each in self.sides
        )
        return Places(self.n_frames[start:end], tuple(sides))


class VoiceComparison:
    """Compares stretches of one recording by the shipped networks and an i-vector."""

    def __init__(self, scorer: FusionScorer) -> None:
        """Take the parameters of a scorer with both networks.

        Raises:
            ValueError: it lacks one.
        """
        if scorer.network is None or scorer.campplus is None:
            raise ValueError("scorer: expected one with both networks")
        self._networks = {"campplus": scorer.campplus, "network": scorer.network}
        self._ivector = scorer.background.ivectors[IVECTOR_STREAM]

    def sums(self, spoken: FloatArray, floored: FloatArray, vectors: FloatArray) -> Sums:
        """Sums of one stretch.

        Args:
            spoken: (T, 20) cepstra of its speech frames.
            floored: (T, 20) the same with `gmm.speech.with_band_floor`.
            vectors: (T, D) the same in `IVECTOR_STREAM`.
        """
        zeroth, first = self._ivector.mixture.statistics(vectors)
        parts = {
            "campplus": self._networks["campplus"].sums(spoken),
            "network": self._networks["network"].sums(floored),
            "zeroth": zeroth.astype(np.float32),
            "linear": self._ivector.total_variability.linear_statistic(zeroth, first),
        }
        one = {name: values[None] for name, values in parts.items()}
        return Sums(np.array([float(len(spoken))]), one)

    def places(self, sums: Sums) -> Places:
        """Where M stretches lie."""
        sides = []
        for name, network in self._networks.items():
            points = np.stack([network.embedding(each) for each in sums.parts[name]])
            sides.append(Side(points, *nearest_cohort(network.cohort @ points.T, N_NEAREST)))
        ivector_plda, parts = self._ivector, sums.parts
        raw = ivector_plda.total_variability.ivectors(parts["zeroth"], parts["linear"])
        projected = ivector_plda.plda.projected(raw)
        of_cohort = ivector_plda.plda.llrs(ivector_plda.prepared_cohort, projected)
        sides.append(Side(projected, *nearest_cohort(of_cohort, N_NEAREST)))
        return Places(sums.n_frames, tuple(sides))

    def inputs(self, first: Places, second: Places) -> Iterator[FloatArray]:
        """(M, N) of each of `regressions.UNIT_INPUTS` for any two stretches."""
        *networks, ivector = zip(first.sides, second.sides, strict=True)
        for one, other in networks:
            yield _normalised(one.places @ other.places.T, one, other)
        one, other = ivector
        plda = self._ivector.plda
        yield _normalised(plda.llrs(plda.prepared(one.places), other.places), one, other)
        counted = (np.minimum(each.n_frames, LONGEST_COUNTED_FRAMES) for each in (first, second))
        mine, others = (np.log(n_frames) for n_frames in counted)
        yield np.minimum(mine[:, None], others)
        yield np.maximum(mine[:, None], others)

    def llrs(self, first: Places, second: Places, weights: FloatArray) -> FloatArray:
        """(M, N) natural log-likelihood ratios of one voice to two, for any two stretches."""
        total = np.full((len(first.n_frames), len(second.n_frames)), weights[-1])
        for weight, values in zip(weights[:-1], self.inputs(first, second), strict=True):
            total += weight * values
        return total.astype(np.float32)


def joined(parts: Sequence[Sums]) -> Sums:
    """Several stretches' sums as one object."""
    names = parts[0].parts
    return Sums(
        np.concatenate([part.n_frames for part in parts]),
        {name: np.concatenate([part.parts[name] for part in parts]) for name in names},
    )


def _normalised(scores: FloatArray, first: Side, second: Side) -> FloatArray:
    """(M, N) mean of the scores in units of either side's cohort."""
    by_first = (scores - first.mean[:, None]) / first.deviation[:, None]
    by_second = (scores - second.mean) / second.deviation
    return (by_first + by_second) / 2
