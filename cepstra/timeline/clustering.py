"""Which stretches are one voice, and how many voices there are.

First the average-linkage tree of all pairs, cut where pairs are still sure to be one voice; then
voices as wholes: the two likeliest to be one are joined, and judged anew by their added sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from cepstra.timeline.regressions import Regressions
from cepstra.timeline.voices import (
    LONGEST_COUNTED_FRAMES,
    Places,
    Side,
    Sums,
    VoiceComparison,
)

FloatArray = NDArray[Any]
Groups = list[list[int]]

MOST_AT_ONCE = 1500  # stretches of some half an hour; their pairs bound memory
SMALLEST_VOICE_FRAMES, SMALLEST_VOICE_SHARE = 800.0, 0.05
NEVER = -np.inf


class Stretches:
    """The M >= 2 stretches of a recording, compared once, each with those of its half an hour."""

    def __init__(self, comparison: VoiceComparison, sums: Sums, regressions: Regressions) -> None:
        """Compare stretches that have sums."""
        self.comparison, self.sums, self.regressions = comparison, sums, regressions
        self.places = comparison.places(sums)
        n_parts = -(-len(sums.n_frames) // MOST_AT_ONCE)
        edges = np.linspace(0, len(sums.n_frames), n_parts + 1).astype(int).tolist()
        self._starts = edges[:-1]
        places = [self.places.part(*span) for span in zip(edges[:-1], edges[1:], strict=True)]
        self._llrs = [comparison.llrs(each, each, regressions.units) for each in places]

    def under(self, regressions: Regressions) -> Stretches:
        """The same under other joins and thresholds, but the same weights of units."""
        result = copy(self)
        result.regressions = regressions
        return result

    def sure_groups(self) -> Groups:
        """Those that are sure to be one voice, of each half an hour by itself."""
        return [
            [start + stretch for stretch in group]
            for start, llrs in zip(self._starts, self._llrs, strict=True)
            for group in _tree(llrs, self.regressions.sure_llr)
        ]

    def without_small(self, groups: Groups) -> Groups:
        """Give the stretches of a voice with hardly any speech to the nearest one."""
        n_frames = self.sums.n_frames
        sizes = np.array([n_frames[group].sum() for group in groups])
        least = min(SMALLEST_VOICE_FRAMES, SMALLEST_VOICE_SHARE * n_frames.sum())
        kept = [list(group) for group, size in zip(groups, sizes, strict=True) if size >= least]
        if not kept or len(kept) == len(groups):
            return groups
        strays = sorted(set(range(len(n_frames))) - {n for group in kept for n in group})
        places = self.comparison.places(self.sums.pooled(kept))
        llrs = self.comparison.llrs(places, self.places, self.regressions.units)
        for stray, nearest in zip(strays, llrs[:, strays].argmax(axis=0), strict=True):
            kept[nearest].append(stray)
        return kept


class Joining:
    """Voices of which the likeliest two are joined, again and again.

    Attributes:
        groups: of stretches, one a voice.
        log_odds: (V, V) that two of them are one, were they the likeliest.
    """

    def __init__(self, stretches: Stretches, groups: Groups) -> None:
        """Begin with groups that are one voice each."""
        self.groups = [list(group) for group in groups]
        self._stretches = stretches
        self._places = self._place(self.groups)
        self.log_odds = self._compared(self._places)
        np.fill_diagonal(self.log_odds, NEVER)

    def likeliest(self) -> tuple[int, int]:
        """The two that are likeliest to be one, the earlier first."""
        first, second = sorted(divmod(int(self.log_odds.argmax()), len(self.groups)))
        return first, second

    def inputs(self, first: int, second: int) -> FloatArray:
        """(3,) of `regressions.JOIN_INPUTS` of two voices."""
        places = [self._place([self.groups[voice]]) for voice in (first, second)]
        return self._inputs(*places)[:, 0, 0]

    def join(self, first: int, second: int) -> None:
        """Make one voice of two, in the place of the first."""
        self.groups[first] += self.groups.pop(second)
        joined = self._place([self.groups[first]])
        self._places = _replaced(self._places, first, second, joined)
        self.log_odds = np.delete(np.delete(self.log_odds, second, axis=0), second, axis=1)
        barred = self.log_odds[first] == NEVER  # as it is with itself
        row = np.where(barred, NEVER, self._compared(joined)[0])
        self.log_odds[first] = self.log_odds[:, first] = row

    def bar(self, first: int, second: int) -> None:
        """Look past two from now on."""
        self.log_odds[first, second] = self.log_odds[second, first] = NEVER

    def _place(self, groups: Groups) -> Places:
        return self._stretches.comparison.places(self._stretches.sums.pooled(groups))

    def _compared(self, places: Places) -> FloatArray:
        inputs, weights = self._inputs(places, self._places), self._stretches.regressions.joins
        return np.tensordot(weights[:-1], inputs, 1) + weights[-1]

    def _inputs(self, first: Places, second: Places) -> FloatArray:
        """(3, M, N): the likeliest of many is likelier than it ought to be, most if it is short.

        The last two are one voice wherever somebody is alone; no other join tells that.
        """
        stretches = self._stretches
        llrs = stretches.comparison.llrs(first, second, stretches.regressions.units)
        shorter = np.minimum(first.n_frames[:, None], second.n_frames)
        log_shorter = np.log(np.minimum(shorter, LONGEST_COUNTED_FRAMES))
        last = np.full_like(llrs, len(self.groups) == 2)
        return np.stack([llrs, log_shorter, last])


def cluster(comparison: VoiceComparison, sums: Sums, regressions: Regressions) -> Groups:
    """Group M >= 1 stretches by voice; a voice with hardly any speech goes to the nearest one."""
    if len(sums.n_frames) == 1:
        return [[0]]
    stretches = Stretches(comparison, sums, regressions)
    return stretches.without_small(join_voices(stretches))


def join_voices(stretches: Stretches) -> Groups:
    """Join the likeliest two groups while they are likely enough to be one."""
    steps = joining_steps(stretches)
    return next(groups for odds, groups in steps if odds < stretches.regressions.join_llr)


def joining_steps(stretches: Stretches) -> Iterator[tuple[float, Groups]]:
    """Log odds of each join down to one voice, and the groups before it; `NEVER` in the end."""
    joining = Joining(stretches, stretches.sure_groups())
    while len(joining.groups) > 1:
        first, second = joining.likeliest()
        yield float(joining.log_odds[first, second]), [list(group) for group in joining.groups]
        joining.join(first, second)
    yield NEVER, joining.groups


def _tree(llrs: FloatArray, least: float) -> Groups:
    """Groups of the average-linkage tree of all pairs (M, M), cut where their ratio is `least`."""
    if len(llrs) == 1:
        return [[0]]
    highest = float(llrs.max()) + 1
    distances = highest - (llrs + llrs.T) / 2
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "average")
    labels = fcluster(tree, highest - least, "distance")
    return [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]


def _replaced(places: Places, first: int, second: int, joined: Places) -> Places:
    """Put a joined voice where the first was, and take the second away."""

    def put(values: FloatArray, new: FloatArray) -> FloatArray:
        values = np.delete(values, second, axis=0)
        values[first] = new[0]
        return values

    def side(old: Side, new: Side) -> Side:
        return Side(
            put(old.places, new.places), put(old.mean, new.mean), put(old.deviation, new.deviation)
        )

    sides = tuple(map(side, places.sides, joined.sides))
    return Places(put(places.n_frames, joined.n_frames), sides)
