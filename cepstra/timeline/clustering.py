"""Which stretches are one voice, and how many voices there are.

First the average-linkage tree of all pairs, cut where pairs are still sure to be one voice; then
voices as wholes: the two likeliest to be one are joined, and judged anew by their added sums.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from cepstra.timeline.voices import Places, Side, Sums, VoiceComparison

FloatArray = NDArray[Any]
Groups = list[list[int]]

SURE_LLR = 2.0
# Logistic regression on 1,200 joins of the two likeliest voices, right or wrong, in meetings of
# speakers that neither mixtures nor network learnt from; docs/timeline.md says of whom.
SHORTER_WEIGHT, LONGEST_COUNTED_S = -1.4, 8.0
RECORDING_WEIGHT, JOIN_BIAS = -0.4, 1.05
JOIN_LLR = -0.5
FRAMES_PER_SECOND = 100
SMALLEST_VOICE_FRAMES, SMALLEST_VOICE_SHARE = 800.0, 0.05


def cluster(comparison: VoiceComparison, sums: Sums) -> Groups:
    """Group M stretches by voice; a voice with hardly any speech goes to the nearest one.

    Args:
        comparison: compares them.
        sums: of the stretches, M >= 1.
    """
    if len(sums.n_frames) == 1:
        return [[0]]
    places = comparison.places(sums)
    llrs = comparison.llrs(places, places)
    usual_llr = float(np.median(llrs[~np.eye(len(llrs), dtype=bool)]))
    groups = join_voices(comparison, sums, _sure_groups(llrs), usual_llr)
    return _without_small(comparison, sums, places, groups)


def join_voices(
    comparison: VoiceComparison, sums: Sums, groups: Groups, usual_llr: float
) -> Groups:
    """Join the likeliest two groups again and again, while they are likely enough to be one.

    Args:
        comparison: compares them.
        sums: of the stretches.
        groups: of stretches that are one voice.
        usual_llr: of any two stretches of the recording: all are alike over one telephone.
    """
    groups = [list(group) for group in groups]
    pooled = sums.pooled(groups)
    places = comparison.places(pooled)
    llrs = _join_llrs(comparison, places, places, usual_llr)
    np.fill_diagonal(llrs, -np.inf)
    while len(groups) > 1:
        first, second = sorted(divmod(int(llrs.argmax()), len(groups)))
        if llrs[first, second] < JOIN_LLR:
            break
        groups[first] += groups.pop(second)
        joined = comparison.places(sums.pooled([groups[first]]))
        places = _replaced(places, first, second, joined)
        llrs = np.delete(np.delete(llrs, second, axis=0), second, axis=1)
        llrs[first] = llrs[:, first] = _join_llrs(comparison, joined, places, usual_llr)[0]
        llrs[first, first] = -np.inf
    return groups


def _join_llrs(
    comparison: VoiceComparison, first: Places, second: Places, usual_llr: float
) -> FloatArray:
    """(M, N) log odds that two voices are one, where they are the likeliest pair of the recording.

    The likeliest of many pairs is likelier than it ought to be, the more so the shorter they are.
    """
    shorter_s = np.minimum(first.n_frames[:, None], second.n_frames[None]) / FRAMES_PER_SECOND
    of_length = SHORTER_WEIGHT * np.log(np.minimum(shorter_s, LONGEST_COUNTED_S))
    llrs: FloatArray = comparison.llrs(first, second) + of_length
    return llrs + (RECORDING_WEIGHT * usual_llr + JOIN_BIAS)


def _sure_groups(llrs: FloatArray) -> Groups:
    highest = float(llrs.max()) + 1
    distances = highest - (llrs + llrs.T) / 2
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "average")
    labels = fcluster(tree, highest - SURE_LLR, "distance")
    return [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]


def _without_small(
    comparison: VoiceComparison, sums: Sums, places: Places, groups: Groups
) -> Groups:
    sizes = np.array([sums.n_frames[group].sum() for group in groups])
    least = min(SMALLEST_VOICE_FRAMES, SMALLEST_VOICE_SHARE * sums.n_frames.sum())
    kept = [group for group, size in zip(groups, sizes, strict=True) if size >= least]
    if len(kept) == len(groups):
        return groups
    strays = sorted(set(range(len(sums.n_frames))) - {n for group in kept for n in group})
    nearest = comparison.llrs(comparison.places(sums.pooled(kept)), places).argmax(axis=0)
    for stray in strays:
        kept[nearest[stray]].append(stray)
    return kept


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

    ivectors = {name: side(old, joined.ivectors[name]) for name, old in places.ivectors.items()}
    network = side(places.network, joined.network)
    return Places(put(places.n_frames, joined.n_frames), network, ivectors)
