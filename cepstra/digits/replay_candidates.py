"""Words beside a speaker's earlier recordings of the same digits, and which of these to compare.

However many a speaker has made, a login costs the same: window by window it is compared with the
newest, and with those nearest to the word when both are stretched to one length. What is made of a
recording lies nearer to it than honest repetitions do (docs/security.md tells how often it is among
the nearest).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.fingerprint import Fingerprint, Words

N_NEWEST = 4  # which tell how much the speaker's repetitions differ
N_NEAREST = 4
MOST_CANDIDATES = N_NEWEST + N_NEAREST
N_POINTS = 16
WARPS = (1.0, 0.9, 0.95, 1.05, 1.1)  # of recordings played at another speed

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int_]


@dataclass(frozen=True)
class Compared:
    """Words beside earlier recordings.

    Attributes:
        queries: n words, at least one.
        floors: (n, 26) the noise around each.
        recordings: m, those of each word together, the newest last.
        owners: (m,) the word that each is compared with, ascending.
    """

    queries: Words
    floors: FloatArray
    recordings: Words
    owners: IntArray

    @classmethod
    def of(cls, new: Sequence[Fingerprint], known: Sequence[Sequence[Fingerprint]]) -> Compared:
        """Lay out words, and at least one recording for each, the newest last."""
        return cls(
            queries=Words.of(new),
            floors=np.array([one.floor for one in new], dtype=np.float32),
            recordings=Words.of([one for same in known for one in same]),
            owners=np.repeat(np.arange(len(new)), [len(same) for same in known]),
        )

    @property
    def counts(self) -> IntArray:
        """(n,) recordings of each word."""
        counts: IntArray = np.bincount(self.owners)
        return counts

    def candidates(self) -> IntArray:
        """Choose recordings, ascending: at most `MOST_CANDIDATES` for each word."""
        if self.counts.max() <= MOST_CANDIDATES:
            return np.arange(len(self.owners))
        chosen, first = [], 0
        for products in self._cosines():
            n_older = max(0, len(products) - N_NEWEST)
            nearest = np.argsort(-products[:n_older])[:N_NEAREST]
            chosen += [first + nearest, first + np.arange(n_older, len(products))]
            first += len(products)
        return np.sort(np.concatenate(chosen))

    def likeness_backwards(self) -> float:
        """Mean over words of the cosine, at most 1, of one read backwards and its likest recording.

        Both are stretched to one length.
        """
        return float(np.mean([products.max() for products in self._cosines(backwards=True)]))

    @cached_property
    def _paths(self) -> tuple[FloatArray, FloatArray]:
        """(W, n, 16, 19) of words at all warps, and (m, 16, 19) of recordings as they are."""
        return _paths(self.queries, WARPS), _paths(self.recordings, (1.0,))[0]

    def _cosines(self, *, backwards: bool = False) -> list[FloatArray]:
        """For each word (k,), of its path, at the best warp, and those of its recordings."""
        asked, seen = self._paths
        asked = asked[:, :, ::-1] if backwards else asked
        asked, seen = (each.reshape(*each.shape[:-2], -1) for each in (asked, seen))
        of_each = np.split(seen, np.cumsum(self.counts)[:-1])
        return [(same @ asked[:, word].T).max(axis=1) for word, same in enumerate(of_each)]


def _paths(words: Words, warps: tuple[float, ...]) -> FloatArray:
    """(W, n, 16, 19) words of one length, each of norm 1, for each warp of the mel axis."""
    paths = words.paths(N_POINTS, *warps).reshape(len(warps), len(words.starts), N_POINTS, -1)
    norms = np.sqrt(np.einsum("wnpk,wnpk->wn", paths, paths))[..., None, None]
    unit: FloatArray = paths / np.maximum(norms, 1e-6)
    return unit
