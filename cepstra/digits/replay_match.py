"""Recognise frames that are a copy of earlier ones, altered or not.

Nobody says a word twice alike frame by frame. A fifth of a second of two takes, laid over each
other at the best lag, correlates less than a copy does, even a copy that was made louder,
shifted, cut, rounded or covered with a little noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

N_COEFFICIENTS = 12
WINDOW_FRAMES = 20
SHORTEST_WINDOW_FRAMES = 10
STEP_FRAMES = 6
LIFTER_EXPONENT = 0.8
LARGEST_CEPSTRUM = 1e4
LIVELY_SHARE = 0.5  # of the movement in a message's liveliest stretch; silence is like silence
STILL = 1e-3  # less movement than this resembles nothing
# Takes of one background or fsdd speaker reach 0.950; less speech agrees more easily.
COPY_CORRELATION = 0.97
SHORT_COPY_CORRELATION = 0.975
N_SLOW = 2
ROUNDING = 1e-3
MOST_CANDIDATES = 4096  # compared at once
MOST_BOUNDS = 131_072  # at once: half a megabyte stays near the processor

FloatArray = NDArray[np.float32]
Fingerprint = NDArray[np.float16]


def fingerprint(mfcc: NDArray[np.floating]) -> Fingerprint:
    """(T, 12) what is kept of cepstra (T, D >= 2) to recognise copies by; c0, loudness, is not.

    With fewer than 13 coefficients the rest is zero.
    """
    kept = np.clip(mfcc[:, 1 : N_COEFFICIENTS + 1], -LARGEST_CEPSTRUM, LARGEST_CEPSTRUM)
    return np.pad(kept, ((0, 0), (0, N_COEFFICIENTS - kept.shape[1]))).astype(np.float16)


def matches(new: Sequence[Fingerprint], known: Sequence[Fingerprint]) -> NDArray[np.bool_]:
    """Tell which messages copy which known ones.

    Lively stretches of a known message, one every 6 frames (more where a new message is so short
    that it could lie between two), and what lies half a frame behind
    each, are laid over the new message at all lags. A stretch has 20 frames; where a message is
    shorter, all are compared over its length too, more strictly. The correlation is that of the
    twelve trajectories, each without its mean.

    Args:
        new: fingerprints (T_i, 12) of n messages.
        known: fingerprints (T_j, 12) of m messages.

    Returns:
        (n, m); false where either is shorter than 10 frames.
    """
    found = np.zeros((len(new), len(known)), dtype=bool)
    for n_frames in sorted({min(WINDOW_FRAMES, len(one)) for one in [*new, *known]}):
        rows = [i for i, one in enumerate(new) if len(one) >= n_frames]
        columns = [i for i, one in enumerate(known) if len(one) >= n_frames]
        if rows and columns and n_frames >= SHORTEST_WINDOW_FRAMES:
            pair = [new[i] for i in rows], [known[i] for i in columns]
            found[np.ix_(rows, columns)] |= _overlaps(*pair, n_frames)
    return found


def _overlaps(
    new: Sequence[Fingerprint], known: Sequence[Fingerprint], n_frames: int
) -> NDArray[np.bool_]:
    limit = COPY_CORRELATION if n_frames == WINDOW_FRAMES else SHORT_COPY_CORRELATION
    message_of = np.repeat(np.arange(len(new)), [len(one) for one in new])
    inside = message_of[: len(message_of) - n_frames + 1] == message_of[n_frames - 1 :]
    asked = _Windows(_lifted(new), np.flatnonzero(inside), n_frames)
    step = min(STEP_FRAMES, min(len(one) for one in new) - n_frames + 1)
    stretches, owners = _lively_stretches(known, n_frames, step)
    found = np.zeros((len(new), len(known)), dtype=bool)
    for window, stretch in _likely_pairs(asked, stretches, limit - ROUNDING):
        correlations = np.einsum("nk,nk->n", asked.units(window), stretches.units(stretch))
        alike = correlations >= limit
        found[message_of[asked.starts[window[alike]]], owners[stretch[alike]]] = True
    return found


def _likely_pairs(
    asked: _Windows, stretches: _Windows, least: float
) -> Iterator[tuple[NDArray[np.int_], NDArray[np.int_]]]:
    """Numbers of windows and stretches that may correlate so much, a part of them at a time.

    What a day of speech is compared with takes no more memory than what a word is.
    """
    n_windows, n_stretches = len(asked.sketches), len(stretches.sketches)
    at_once = max(1, MOST_BOUNDS // n_stretches)
    for first in range(0, n_windows, at_once):
        bounds = asked.sketches[first : first + at_once] @ stretches.sketches.T
        likely = first * n_stretches + np.flatnonzero(bounds >= least)
        for start in range(0, len(likely), MOST_CANDIDATES):
            yield np.divmod(likely[start : start + MOST_CANDIDATES], n_stretches)


def _lively_stretches(
    messages: Sequence[Fingerprint], n_frames: int, step: int
) -> tuple[_Windows, NDArray[np.int_]]:
    """Every `step`-th window of each message and the last one, and the message of each.

    And what lies half a frame behind them; but none that moves less than half as much as the
    message's liveliest one.
    """
    frames, lengths = _lifted(messages), np.array([len(one) for one in messages])
    last = lengths - n_frames
    counts = 1 + -(-last // step)
    owners, firsts = np.repeat(np.arange(len(counts)), counts), np.cumsum(counts) - counts
    within = step * (np.arange(len(owners)) - firsts[owners])
    begins = (np.cumsum(lengths) - lengths)[owners]
    starts = begins + np.minimum(within, last[owners])
    later = np.minimum(starts, begins + last[owners] - 1)[last[owners] > 0]
    halfway = (frames[1:] + frames[:-1]) * np.float32(0.5)
    both = np.concatenate([frames, halfway])
    windows = _Windows(both, np.concatenate([starts, len(frames) + later]), n_frames)
    liveliest = np.maximum.reduceat(windows.movement[: len(starts)], firsts)
    owners = np.concatenate([owners, owners[last[owners] > 0]])
    kept = windows.movement >= LIVELY_SHARE * liveliest[owners]
    return windows.some(kept), owners[kept]


class _Windows:
    """Stretches of frames (N, 12), as many frames long as all others, and where each begins.

    Attributes:
        starts: (n,) their first frames.
        movement: (n,) length of each one's mean-free trajectories.
        sketches: (n, 25) such that the product of two is at least their windows' correlation.

    Of unit vectors u and v and their parts p and q in a subspace, u v is at most
    p q + sqrt(1 - p p) sqrt(1 - q q). The subspace holds the two slowest cosines of every
    trajectory, three fifths of the movement, and leaves next to nothing of other recordings.
    """

    def __init__(self, frames: FloatArray, starts: NDArray[np.int_], n_frames: int) -> None:
        self.starts = starts
        # Neighbouring frames lie side by side, so that a window is one row.
        flat = sliding_window_view(frames.ravel(), n_frames * N_COEFFICIENTS)[::N_COEFFICIENTS]
        self._windows, self._shape = flat, (-1, n_frames, N_COEFFICIENTS)
        paths = flat[starts].reshape(self._shape)
        paths -= paths[:, :1].copy()  # so that squares do not drown the movement
        parts = _cosines(n_frames) @ paths
        energy = _squares(paths.reshape(len(starts), -1)) - _squares(parts[:, 0])
        self.movement: FloatArray = np.sqrt(np.maximum(energy, 0))
        slow = parts[:, 1:].reshape(len(starts), -1)
        moves = self.movement > STILL
        slow *= np.where(moves, 1 / np.maximum(self.movement, STILL), 0)[:, None]
        rest = np.sqrt(np.maximum(1 - _squares(slow), 0))
        self.sketches = np.concatenate([slow, (rest * moves)[:, None]], axis=1)

    def some(self, which: NDArray[np.bool_]) -> _Windows:
        """Return those that are marked."""
        chosen = copy(self)
        chosen.starts, chosen.movement = self.starts[which], self.movement[which]
        chosen.sketches = self.sketches[which]
        return chosen

    def units(self, which: NDArray[np.int_]) -> FloatArray:
        """(k, 12 * n_frames) mean-free trajectories of some windows as unit vectors."""
        windows = self._windows[self.starts[which]].reshape(self._shape)
        mean = np.full((1, windows.shape[1]), 1 / windows.shape[1], np.float32) @ windows
        centred = (windows - mean).reshape(len(which), -1)
        norms = np.sqrt(_squares(centred))[:, None]
        centred *= np.where(norms > STILL, 1 / np.maximum(norms, STILL), 0)
        return centred


@cache
def _cosines(n_frames: int) -> FloatArray:
    """(3, n_frames) the first cosines, the constant among them, orthonormal."""
    angles = np.pi * np.arange(N_SLOW + 1)[:, None] * (np.arange(n_frames) + 0.5) / n_frames
    cosines: FloatArray = (np.sqrt(2 / n_frames) * np.cos(angles)).astype(np.float32)
    cosines[0] /= np.sqrt(np.float32(2))
    return cosines


def _squares(rows: FloatArray) -> FloatArray:
    """(n,) squared lengths of rows (n, K)."""
    lengths: FloatArray = np.einsum("nk,nk->n", rows, rows)
    return lengths


def _lifted(messages: Sequence[Fingerprint]) -> FloatArray:
    """(N, 12) frames of messages, the higher coefficients raised."""
    lifter = np.arange(1, N_COEFFICIENTS + 1, dtype=np.float32) ** np.float32(LIFTER_EXPONENT)
    result: FloatArray = np.concatenate(messages).astype(np.float32) * lifter
    return result
