"""How much better one recording explains a word than honest repetitions explain each other.

A word is compared window by window with earlier recordings of the same digit by the same speaker,
in a space where altered copies lie near each other and honest repetitions far apart, and as a whole
(`in_step`) in one where copies on other devices do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.fingerprint import Words, window_starts, windows
from cepstra.digits.in_step import N_IN_STEP, STEP, evidence_in_step
from cepstra.digits.replay_candidates import N_NEWEST, Compared
from cepstra.digits.squared_distance import with_squares

# A copy played at another speed is shifted along the mel axis too; (tempo, warp).
SPEEDS = (0.9, 0.925, 0.95, 0.975, 1.025, 1.05, 1.075, 1.1)
TEMPOS = (0.86, 0.93, 1.07, 1.15)
AS_IT_IS = (1.0, 1.0)
VARIANTS = (AS_IT_IS, *((t, 1.0) for t in TEMPOS), *((s, s) for s in SPEEDS))
MOST_BLENDED = 6
SHARES = (1.0, 0.5, 0.1)  # of a word's windows, the nearest ones
LEAST_DISTANCE = 0.3
SHORTEST_LINE = 1e-6  # squared; between nearer windows there is nothing
SPEEDS_IN_STEP = [VARIANTS.index(one) for one in (AS_IT_IS, (0.925, 0.925), (1.075, 1.075))]
BY_WINDOW = slice(4 * len(SHARES))
IN_STEP = slice(BY_WINDOW.stop, BY_WINDOW.stop + N_IN_STEP)
AT_ANY_SPEED = slice(IN_STEP.stop, IN_STEP.stop + N_IN_STEP)
N_EVIDENCE = AT_ANY_SPEED.stop

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int_]


def evidence(
    compared: Compared, metrics: tuple[FloatArray, FloatArray], n_own: Sequence[int] = ()
) -> FloatArray:
    """Compare words with earlier recordings of the same digits by the same speaker.

    Args:
        compared: the words, with at least two recordings for each.
        metrics: (228, K) projections for altered frames window by window, and for copies on
            another device as a whole.
        n_own: how many of each word's newest, at least two, are surely the speaker's; or all are.

    Returns:
        (n, 24) differences of log distances, 12 by window, 6 of whole words as they are and 6 of
        whole words at any speed, to at most `replay_candidates.MOST_CANDIDATES` recordings; the
        lower the more like a copy.
    """
    queries, chosen = compared.queries, compared.candidates()
    words, owners = compared.recordings.some(chosen), compared.owners[chosen]
    heard = words.under(queries.loud()[owners], compared.floors[owners])
    asked = _variants(queries)
    altered, copied = (
        _Recordings(owners, each, windows(each, each.shapes())[0] @ metric)
        for each, metric in zip((words, heard), metrics, strict=True)
    )
    n_known = compared.counts
    n_newest = [min(N_NEWEST, n) for n in n_own or n_known]
    n_asked = -(-queries.lengths // STEP)
    found = _found(asked @ metrics[0], n_asked, altered)
    by_window = _differences(found, _references(altered, n_newest))
    in_step = _in_step(asked[SPEEDS_IN_STEP] @ metrics[1], n_asked, copied, n_newest, n_known)
    return np.concatenate([by_window, in_step], axis=1).astype(np.float32)


def _in_step(
    asked: FloatArray,
    n_asked: IntArray,
    recordings: _Recordings,
    n_own: Sequence[int],
    n_known: IntArray,
) -> FloatArray:
    """(n, 12), with how many recordings of each word are the speaker's, and are known."""
    each = np.split(asked, np.cumsum(n_asked)[:-1], axis=1)
    words = zip(each, recordings.of_each(), n_own, n_known, strict=True)
    return np.stack([evidence_in_step(one, *seen, own, n) for one, seen, own, n in words])


def _variants(queries: Words) -> FloatArray:
    """(V, M, 228) every `STEP`-th window of words, as they are and at other speeds."""
    tempos, warps = zip(*VARIANTS, strict=True)
    return windows(queries, queries.shapes(*warps), STEP, [1 / tempo for tempo in tempos])


class _Recordings:
    """Earlier recordings for several words, and all their windows.

    Args:
        owners: (m,) the word that each is compared with, ascending; each word has two or more.
        words: the m recordings.
        seen: (M, K) their windows.
    """

    def __init__(self, owners: IntArray, words: Words, seen: FloatArray) -> None:
        self.owners = owners
        self.seen = seen
        self._right = with_squares(seen, is_left=False)
        self._starts = np.append(window_starts(words), len(seen))
        self._bounds = np.searchsorted(owners, np.arange(owners[-1] + 2))

    def starts(self, owner: int, most: int | None = None) -> IntArray:
        """Return where each of a word's recordings begins, and where the last one ends.

        Args:
            owner: the word.
            most: only so many of the newest recordings.
        """
        first, last = self._bounds[owner : owner + 2]
        return self._starts[first if most is None else max(first, last - most) : last + 1]

    def of_each(self) -> Iterator[tuple[FloatArray, IntArray]]:
        """Yield the windows of each word's recordings, and how many each recording has."""
        for owner in range(len(self._bounds) - 1):
            starts = self.starts(owner)
            yield self.seen[starts[0] : starts[-1]], np.diff(starts)

    def squares(self, asked: FloatArray, starts: IntArray) -> FloatArray:
        """(c, n) squared distances of windows, from `with_squares`, to those of recordings.

        Rounding may take them a little below zero.
        """
        product: FloatArray = asked @ self._right[starts[0] : starts[-1]].T
        return product


def _found(asked: FloatArray, counts: IntArray, recordings: _Recordings) -> FloatArray:
    """(4, n, 3) log distances of n words to their recordings.

    To the nearest windows of all, to the nearest and the second nearest recording, and to blends of
    two.

    Args:
        asked: (V, M, K) variants of the words' windows.
        counts: (n,) how many of them each word has.
        recordings: what they are compared with.
    """
    asked = with_squares(asked, is_left=True)
    n_blended = min(MOST_BLENDED, int(np.bincount(recordings.owners).max()))
    each, best, to_best = [], [], []
    for owner, (start, stop) in enumerate(pairwise(np.append(0, np.cumsum(counts)))):
        mine, starts = asked[:, start:stop], recordings.starts(owner)
        distances = recordings.squares(mine.reshape(-1, mine.shape[2]), starts)
        least = np.minimum.reduceat(distances, starts[:-1] - starts[0], axis=1)
        least = least.reshape(len(asked), stop - start, -1).min(axis=0)
        likely = np.argsort(least.sum(axis=0))[np.arange(n_blended) % least.shape[1]]
        each.append(least.T)
        nearest = _nearest(distances[: stop - start], starts - starts[0], likely)
        to_best.append(np.take_along_axis(distances[: stop - start], nearest, axis=1))
        best.append(starts[0] + nearest)
    nearest = np.concatenate([least.min(axis=0) for least in each])
    to_lines = _to_lines(np.concatenate(to_best), recordings.seen[np.concatenate(best)])
    several = [nearest, np.minimum(nearest, to_lines), *(row for least in each for row in least)]
    logs = _log_distances(
        np.concatenate(several), np.concatenate([counts, counts, counts[recordings.owners]])
    )
    of_all, blends, of_each = np.split(logs, [len(counts), 2 * len(counts)])
    rows = [np.sort(of_each[recordings.owners == i], axis=0)[:2] for i in range(len(counts))]
    return np.stack([of_all, *np.stack(rows, axis=1), blends])


def _nearest(distances: FloatArray, starts: IntArray, likely: IntArray) -> IntArray:
    """(c, k) the nearest window of each of k recordings, for c windows.

    Args:
        distances: (c, n) to all windows of the recordings.
        starts: where each begins, and where the last one ends.
        likely: (k,) numbers of recordings.
    """
    parts = [
        first + distances[:, first:stop].argmin(axis=1)
        for first, stop in zip(starts[likely], starts[likely + 1], strict=True)
    ]
    return np.stack(parts, axis=1)


def _to_lines(squares: FloatArray, points: FloatArray) -> FloatArray:
    """(c,) least squared distances of windows to the lines between two of k other windows each.

    Args:
        squares: (c, k) squared distances to the ends.
        points: (c, k, K) the ends.
    """
    products = points @ points.transpose(0, 2, 1)
    one, other = np.triu_indices(points.shape[1], 1)
    norms = np.einsum("ckk->ck", products)
    lengths = np.maximum(norms[:, one] + norms[:, other] - 2 * products[:, one, other], 0)
    # The foot on a line lies (a - b + length) / (2 length) along, a and b squared distances.
    foot = (squares[:, one] - squares[:, other] + lengths) / 2
    along = np.clip(foot / np.maximum(lengths, SHORTEST_LINE), 0, 1)
    result: FloatArray = (squares[:, one] + along * (along * lengths - 2 * foot)).min(axis=1)
    return result


def _references(recordings: _Recordings, n_newest: Sequence[int]) -> FloatArray:
    """(n, 3) mean log distance from each word's newest recordings to the nearest other one."""
    nearest, counts = [], []
    for owner, most in enumerate(n_newest):
        starts = recordings.starts(owner, most)
        lengths = np.diff(starts)
        numbers = np.arange(len(lengths)).repeat(lengths)
        is_asked = (np.arange(starts[0], starts[-1]) - starts[numbers]) % STEP == 0
        asked = with_squares(recordings.seen[starts[0] : starts[-1]][is_asked], is_left=True)
        distances = recordings.squares(asked, starts)
        least = np.minimum.reduceat(distances, starts[:-1] - starts[0], axis=1)
        least[np.arange(len(least)), numbers[is_asked]] = np.inf
        nearest.append(least.min(axis=1))
        counts.append(-(-lengths // STEP))
    logs = _log_distances(np.concatenate(nearest), np.concatenate(counts))
    sums = np.add.reduceat(logs, np.cumsum(n_newest) - np.array(n_newest))
    means: FloatArray = sums / np.array(n_newest)[:, None]
    return means


def _differences(found: FloatArray, reference: FloatArray) -> FloatArray:
    """(n, 12)."""
    nearest, first, second, between = found
    parts = [nearest - reference, first - second, between - reference, between - nearest]
    return np.concatenate(parts, axis=1)


def _log_distances(distances: FloatArray, counts: IntArray) -> FloatArray:
    """(n, 3) of the mean over all of a row's windows, the nearer half and the nearest tenth.

    Args:
        distances: (C,) squared, one row behind the other.
        counts: (n,) windows of each row.
    """
    padded = np.full((len(counts), counts.max()), np.inf, dtype=np.float32)
    padded[np.arange(counts.max()) < counts[:, None]] = np.maximum(distances, 0)
    padded.sort(axis=1)
    wanted = np.maximum(1, (np.array(SHARES) * counts[:, None]).astype(int))
    sums = np.take_along_axis(padded.cumsum(axis=1, dtype=np.float64), wanted - 1, axis=1)
    logs: FloatArray = np.log(LEAST_DISTANCE + sums / wanted).astype(np.float32)
    return logs
