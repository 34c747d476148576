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
from cepstra.gmm.speech import DB_PER_NEPER, MEL_BANDS, frame_snr_db, mel_from_cepstra

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
    floor = np.percentile(bounded @ _to_mel(), FLOOR_PERCENTILE, axis=0)
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
        """Lay out the words of fingerprints, at least one, without the pauses around them."""
        parts = [_without_pauses(one.frames.astype(np.float32) @ _to_mel()) for one in prints]
        lengths = np.array([len(part) for part in parts])
        return cls(np.concatenate(parts), np.cumsum(lengths) - lengths, lengths)

    def loud(self) -> FloatArray:
        """(n, 26) log mel energies that a tenth of each word's frames exceed."""
        ends = self.starts + self.lengths
        parts = [self.log_mel[a:b] for a, b in zip(self.starts, ends, strict=True)]
        levels = [np.percentile(part, LOUD_PERCENTILE, axis=0) for part in parts]
        return np.array(levels, dtype=np.float32)

    def shapes(self, warp: float = 1.0) -> FloatArray:
        """(N, 19) cepstra without loudness and without each word's mean.

        Args:
            warp: the spectrum at f becomes that at warp * f.
        """
        cepstra = self.log_mel @ _to_shape(warp)
        means = np.add.reduceat(cepstra, self.starts) / self.lengths[:, None]
        centred: FloatArray = cepstra - np.repeat(means, self.lengths, axis=0)
        return centred

    def under(self, loud: FloatArray, floor: FloatArray) -> Words:
        """Return the words as another microphone would have heard them in another noise.

        Args:
            loud: (26,) level of the loud frames there.
            floor: (26,) level of its noise.
        """
        gain = np.repeat(loud - self.loud(), self.lengths, axis=0)
        heard = np.logaddexp(self.log_mel + gain, floor.astype(np.float32))
        return Words(heard.astype(np.float32), self.starts, self.lengths)


def windows(words: Words, shapes: FloatArray, step: int = 1, spacing: float = 1.0) -> FloatArray:
    """(M, 228) stretches of 12 frames around every `step`-th frame of each word.

    Args:
        words: where each word lies.
        shapes: (N, 19) their cepstra.
        step: frames from one window to the next.
        spacing: frames from one row of a window to the next; between frames it interpolates,
            beyond a word's ends it repeats them.
    """
    offsets = (np.arange(WINDOW_FRAMES) - (WINDOW_FRAMES - 1) / 2) * spacing
    firsts, lasts, centres = _centres(words, step)
    positions = np.clip(centres[:, None] + offsets, firsts[:, None], lasts[:, None])
    below = positions.astype(int)
    share = (positions - below)[..., None].astype(np.float32)
    above = np.minimum(below + 1, lasts[:, None])
    stretches: FloatArray = shapes[below] * (1 - share) + shapes[above] * share
    return stretches.reshape(len(centres), WINDOW_FRAMES * N_SHAPE)


def window_starts(words: Words, step: int = 1) -> NDArray[np.int_]:
    """(n,) the first window of each word among those of `windows`."""
    counts = -(-words.lengths // step)
    starts: NDArray[np.int_] = np.cumsum(counts) - counts
    return starts


def _without_pauses(log_mel: FloatArray) -> FloatArray:
    """Cut (T, 26) to the frames between the first and the last that are loud.

    How much of a pause a message has is the recorder's doing. Left in, it moves the word's mean,
    so that all earlier recordings look alike and a new one a mixture of them.
    """
    levels = np.log(np.exp(log_mel - log_mel.max()).mean(axis=1) + TINY)
    loud = np.flatnonzero(levels >= levels.max() - BELOW_LOUDEST_DB / DB_PER_NEPER)
    return log_mel[loud[0] : loud[-1] + 1]


def _centres(words: Words, step: int) -> tuple[NDArray[Any], ...]:
    counts = -(-words.lengths // step)
    firsts = np.repeat(words.starts, counts)
    within = np.arange(counts.sum()) - np.repeat(window_starts(words, step), counts)
    lasts = np.repeat(words.starts + words.lengths - 1, counts)
    return firsts, lasts, firsts + within * step + 0.5


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
