"""What is kept of a spoken digit to recognise recordings of it by, and its windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.span import word_span
from cepstra.frontend.cosine_transform import dct_matrix
from cepstra.gmm.speech import DB_PER_NEPER, MEL_BANDS, frame_snr_db, mel_from_cepstra, percentile

GATE = 0.35
MOST_FRAMES = 200
LARGEST_CEPSTRUM = 1e3
FLOOR_PERCENTILE = 10
LOUD_PERCENTILE = 90
N_CEPSTRA = 20
N_SHAPE = N_CEPSTRA - 1  # all but loudness
WINDOW_FRAMES = 12
TOP_HZ = 8000.0
BELOW_LOUDEST_DB = 30.0
TINY = 1e-30

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Fingerprint:
    """A word as it was sent, and the noise around it.

    Attributes:
        frames: (T, 20) float16 cepstra of the word, 1 <= T <= 200.
        floor: (26,) float16 log mel energies that a tenth of the message's frames fall below.
    """

    frames: NDArray[np.float16]
    floor: NDArray[np.float16]

    def to_bytes(self) -> bytes:
        """Return what `from_bytes` takes: the floor, then frame by frame."""
        return self.floor.tobytes() + self.frames.tobytes()

    @property
    def mirrored(self) -> Fingerprint:
        """Return the word from its end to its beginning."""
        return Fingerprint(self.frames[::-1], self.floor)

    @classmethod
    def from_bytes(cls, content: bytes) -> Fingerprint:
        """Restore a fingerprint."""
        values = np.frombuffer(content, dtype=np.float16)
        return cls(values[MEL_BANDS:].reshape(-1, N_CEPSTRA), values[:MEL_BANDS])


def fingerprint(mfcc: NDArray[np.floating]) -> Fingerprint:
    """Return the fingerprint of a message (T, 20), T >= 1."""
    bounded = np.clip(mfcc, -LARGEST_CEPSTRUM, LARGEST_CEPSTRUM).astype(np.float32)
    span = word_span(frame_snr_db(bounded), GATE)
    surplus = max(0, span.stop - span.start - MOST_FRAMES) // 2
    first = span.start + surplus
    word = bounded[first : min(span.stop, first + MOST_FRAMES)]
    floor = percentile(np.sort(bounded @ _to_mel(), axis=0), FLOOR_PERCENTILE)
    return Fingerprint(word.astype(np.float16), floor.astype(np.float16))


@dataclass(frozen=True)
class Words:
    """Several words one behind the other.

    Attributes:
        log_mel: (N, 26) of all frames.
        starts: (n,) the first frame of each word.
        lengths: (n,) its frames.
    """

    log_mel: FloatArray
    starts: NDArray[np.int_]
    lengths: NDArray[np.int_]

    @classmethod
    def of(cls, prints: Sequence[Fingerprint]) -> Words:
        """Lay out the words of fingerprints, at least one, without the pauses around them.

        How much of a pause a message has is the recorder's doing. Left in, it moves the word's
        mean, so that all earlier recordings look alike and a new one a mixture of them.
        """
        frames = np.concatenate([one.frames for one in prints]).astype(np.float32)
        lengths = np.array([len(one.frames) for one in prints])
        log_mel, ends = frames @ _to_mel(), np.cumsum(lengths)
        starts = ends - lengths
        # Along words first, and a product in place of a mean: a fifth of the time.
        loudest = np.maximum.reduceat(log_mel, starts).max(axis=1)
        energies = np.exp(log_mel - loudest.repeat(lengths)[:, None])
        levels = np.log(energies @ np.full(MEL_BANDS, 1 / MEL_BANDS, np.float32) + TINY)
        softest = np.maximum.reduceat(levels, starts) - BELOW_LOUDEST_DB / DB_PER_NEPER
        loud = np.flatnonzero(levels >= softest.repeat(lengths))
        first = loud[np.searchsorted(loud, starts)]
        kept = loud[np.searchsorted(loud, ends) - 1] + 1 - first
        return cls(log_mel[_rows(first, kept)], np.cumsum(kept) - kept, kept)

    @property
    def word_of(self) -> NDArray[np.int_]:
        """(N,) the word of each frame."""
        return np.repeat(np.arange(len(self.starts)), self.lengths)

    def some(self, which: NDArray[np.int_]) -> Words:
        """Return the words of those numbers, at least one."""
        lengths = self.lengths[which]
        rows = _rows(self.starts[which], lengths)
        return Words(self.log_mel[rows], np.cumsum(lengths) - lengths, lengths)

    def loud(self) -> FloatArray:
        """(n, 26) log mel energies that a tenth of each word's frames exceed."""
        columns = np.arange(self.lengths.max())
        rows = self.starts[:, None] + np.minimum(columns, self.lengths[:, None] - 1)
        padded = np.where(
            columns < self.lengths[:, None], self.log_mel.T[:, rows], np.float32(np.inf)
        )
        ascending = np.sort(padded, axis=2)
        positions = (self.lengths - 1) * (LOUD_PERCENTILE / 100)
        below = positions.astype(int)
        share = (positions - below).astype(np.float32)
        words = np.arange(len(self.lengths))
        low = ascending[:, words, below]
        high = ascending[:, words, np.minimum(below + 1, self.lengths - 1)]
        levels: FloatArray = (low + share * (high - low)).T
        return levels

    def shapes(self, *warps: float) -> FloatArray:
        """(W, N, 19) cepstra without loudness and without each word's mean.

        Args:
            warps: for each, the spectrum at f becomes that at warp * f; without any, as it is.
        """
        means = np.repeat(self._means(), self.lengths, axis=0)
        return _shapes(self.log_mel - means, warps or (1.0,))

    def paths(self, n_points: int, *warps: float) -> FloatArray:
        """(W, n * n_points, 19) of `shapes`, so many moments of each word, evenly spread."""
        positions = np.linspace(0, 1, n_points) * (self.lengths[:, None] - 1)
        below = self.starts[:, None] + positions.astype(np.intp)
        above = np.minimum(below + 1, (self.starts + self.lengths - 1)[:, None])
        share = (positions % 1)[..., None].astype(np.float32)
        lower, upper = self.log_mel[below], self.log_mel[above]
        frames = lower + share * (upper - lower) - self._means()[:, None]
        return _shapes(frames.reshape(-1, MEL_BANDS), warps)

    def _means(self) -> FloatArray:
        """(n, 26) of each word's frames."""
        sums = np.add.reduceat(self.log_mel, self.starts)
        means: FloatArray = np.asarray(sums / self.lengths[:, None], dtype=np.float32)
        return means

    def under(self, loud: FloatArray, floor: NDArray[np.floating]) -> Words:
        """Return the words as another microphone would have heard them in another noise.

        Args:
            loud: (n, 26) level of the loud frames there.
            floor: (n, 26) level of its noise.
        """
        word_of = self.word_of
        heard = self.log_mel + (loud - self.loud())[word_of]
        noise = floor.astype(np.float32)[word_of]
        # A third of the time of np.logaddexp
        rest = np.log(1 + np.exp(-np.abs(heard - noise)))
        return Words(np.maximum(heard, noise) + rest, self.starts, self.lengths)


def windows(
    words: Words, shapes: FloatArray, step: int = 1, spacings: Sequence[float] = (1.0,)
) -> FloatArray:
    """(V, M, 228) stretches of 12 frames around every `step`-th frame of each word.

    Args:
        words: where each word lies.
        shapes: (V, N, 19) their cepstra, perhaps warped, for each spacing.
        step: frames from one window to the next.
        spacings: frames from one row of a window to the next; between frames it interpolates,
            beyond a word's ends it repeats them.
    """
    offsets = np.arange(WINDOW_FRAMES) - (WINDOW_FRAMES - 1) / 2
    firsts, lasts, centres = (each[:, None] for each in _centres(words, step))
    around = offsets * np.array(spacings)[:, None, None]
    positions = np.clip(centres + around, firsts, lasts)
    below = positions.astype(np.intp)
    rows = shapes.reshape(-1, N_SHAPE)
    first_rows = len(words.log_mel) * np.arange(len(spacings))[:, None, None]
    stretches: FloatArray = rows.take(first_rows + below, axis=0)
    if any(spacing != 1 for spacing in spacings):  # else no row is between frames
        share = (positions - below)[..., None].astype(np.float32)
        beyond = rows.take(first_rows + np.minimum(below + 1, lasts), axis=0)
        beyond -= stretches
        beyond *= share
        stretches += beyond
    return stretches.reshape(len(spacings), len(centres), WINDOW_FRAMES * N_SHAPE)


def window_starts(words: Words, step: int = 1) -> NDArray[np.int_]:
    """(n,) the first window of each word among those of `windows`."""
    counts = -(-words.lengths // step)
    starts: NDArray[np.int_] = np.cumsum(counts) - counts
    return starts


def _rows(firsts: NDArray[np.int_], lengths: NDArray[np.int_]) -> NDArray[np.int_]:
    """(N,) the frames of stretches, one behind the other."""
    before = np.cumsum(lengths) - lengths
    rows: NDArray[np.int_] = np.repeat(firsts - before, lengths) + np.arange(lengths.sum())
    return rows


def _centres(words: Words, step: int) -> tuple[NDArray[Any], ...]:
    counts = -(-words.lengths // step)
    firsts = np.repeat(words.starts, counts)
    within = np.arange(counts.sum()) - np.repeat(window_starts(words, step), counts)
    lasts = np.repeat(words.starts + words.lengths - 1, counts)
    return firsts, lasts, firsts + within * step + 0.5


def _shapes(log_mel: FloatArray, warps: Sequence[float]) -> FloatArray:
    """(W, N, 19) cepstra without loudness of frames (N, 26), for each warp of the mel axis."""
    cepstra = log_mel @ np.concatenate([_to_shape(warp) for warp in warps], axis=1)
    shapes: FloatArray = cepstra.reshape(len(log_mel), -1, N_SHAPE).transpose(1, 0, 2)
    return shapes


@cache
def _to_mel() -> FloatArray:
    matrix: FloatArray = mel_from_cepstra(N_CEPSTRA).astype(np.float32)
    return matrix


@cache
def _to_shape(warp: float) -> FloatArray:
    """(26, 19) from log mel energies to cepstra without loudness, the mel axis warped."""
    bands = np.arange(MEL_BANDS)
    top_mel = 1125 * np.log(1 + TOP_HZ / 700)
    mel = (bands + 1) * top_mel / (MEL_BANDS + 1)
    hz = 700 * (np.exp(mel / 1125) - 1)
    wanted = np.interp(1125 * np.log(1 + warp * hz / 700), mel, bands)
    below = np.minimum(wanted.astype(int), MEL_BANDS - 2)
    matrix = np.zeros((MEL_BANDS, MEL_BANDS))
    matrix[below, bands] = 1 - (wanted - below)
    matrix[below + 1, bands] += wanted - below
    return np.asarray(matrix @ dct_matrix(MEL_BANDS, N_CEPSTRA)[:, 1:], dtype=np.float32)
