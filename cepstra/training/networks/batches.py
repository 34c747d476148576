"""Random attempts of random voices, drawn anew for every step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from cepstra.gmm.streams import N_CEPSTRA
from cepstra.neural.frames import mean_removed

FloatArray = NDArray[Any]

MEL_BANDS = 26
BATCH_FRAMES = 128 * 130
SHORTEST, LONGEST = 50, 220
CLEAN_SHARE = 0.2
TAKEWISE_SHARE = 0.35
COLOUR_SHARE = 0.5
COLOUR_DB = 5.0
LEVEL_DB = 10.0
MASK_SHARE = 0.3
POWER_PER_DB = np.log(10) / 10


@dataclass(frozen=True)
class Voices:
    """All takes in one array.

    Attributes:
        frames: (F, 20) cepstra divided by `scale` after subtracting `centre`.
        centre: (20,).
        scale: (20,).
        groups: for every voice, for every version, (n, 2) start and length of its takes.
    """

    frames: NDArray[np.float16]
    centre: FloatArray
    scale: FloatArray
    groups: list[list[NDArray[np.int64]]]


def batches(voices: Voices, seed: int) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Endless batches of attempts.

    Each is as many frames of one voice on one device as the others of its batch, its takes in
    random order. Further colour, loudness and gaps are drawn here, where they cost nothing.

    Args:
        voices: to draw from.
        seed: of all that is random.

    Yields:
        (N, T, 40) plain and mean-removed cepstra, and (N,) indices of the voices.
    """
    rng = np.random.default_rng(seed)
    n_voices = len(voices.groups)
    order: list[int] = []
    while True:
        n_frames = int(rng.integers(SHORTEST, LONGEST + 1))
        n_samples = BATCH_FRAMES // n_frames
        while len(order) < n_samples:
            order += rng.permutation(n_voices).tolist()
        chosen, order = order[:n_samples], order[n_samples:]
        yield (
            np.stack([_attempt(voices, voice, n_frames, rng) for voice in chosen]),
            np.array(chosen),
        )


def _attempt(
    voices: Voices, voice: int, n_frames: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    versions = voices.groups[voice]
    version = 0 if rng.random() < CLEAN_SHARE else int(rng.integers(1, len(versions)))
    drawn = drawn_frames(versions[version], n_frames, rng)
    parts = [voices.frames[frames].astype(np.float32) for frames in drawn]
    plain = np.concatenate(parts) + _colour(version, rng) / voices.scale
    if rng.random() < TAKEWISE_SHARE:
        ends = np.cumsum([len(part) for part in parts])[:-1]
        level = np.concatenate([mean_removed(part) for part in np.split(plain, ends)])
    else:
        level = mean_removed(plain)
    both = np.concatenate([plain, level], axis=1)
    if rng.random() < MASK_SHARE:
        width = int(rng.integers(3, 16))
        first = int(rng.integers(0, n_frames - width))
        both[first : first + width] = 0.0
    return both.astype(np.float32)


def drawn_frames(
    spans: NDArray[np.int64], n_frames: int, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Indices of so many frames of takes (n, 2), starts and lengths, whole ones but for the last.

    The takes come in random order, again and again where they are few.
    """
    takes = rng.permutation(spans)
    parts: list[NDArray[np.int64]] = []
    missing = n_frames
    while missing > 0:
        for start, length in takes:
            used = min(int(length), missing)
            first = int(start) + int(rng.integers(0, length - used + 1))
            parts.append(np.arange(first, first + used))
            missing -= used
            if missing == 0:
                break
    return parts


def _colour(version: int, rng: np.random.Generator) -> FloatArray:
    """(20,) cepstra of another loudness and, often, of a further smooth response."""
    if version == 0 and rng.random() < 0.5:
        return np.zeros(N_CEPSTRA)
    bands = np.full(MEL_BANDS, rng.uniform(-LEVEL_DB, LEVEL_DB))
    if rng.random() < COLOUR_SHARE:
        corners = rng.uniform(-COLOUR_DB, COLOUR_DB, int(rng.integers(4, 10)))
        at = np.linspace(0, len(corners) - 1, MEL_BANDS)
        bands += np.interp(at, np.arange(len(corners)), corners)
    return dct(POWER_PER_DB * bands, type=2)[:N_CEPSTRA]
