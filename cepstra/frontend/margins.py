"""Quiet before and after a recording, for it may have been cut in the middle of a word.

A microphone hears the room around what is said, and so did the networks while they were taught. And
which frames hold speech is judged against the quietest of a message (`gmm.speech`): without any
quiet, soft sounds are taken for it. static/js/files/margins.js holds the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.definition import FrontEndDefinition

Samples = NDArray[Any]

MARGIN_MS = 250
WINDOW_MS = 20
HEARD_S = 10  # at either end, to find the quietest moment
LEAST_OFFSET = 0.01  # of full scale: what a sound card adds to every sample, and no sound
LOUD_PERCENTILE = 95
ROOM_DB = 40  # below the loud windows: what a microphone near to the mouth hears of a room
QUIET_DB = 6  # above the quietest window; where less than a share of them is so quiet,
QUIET_SHARE = 0.4  # the recording has no quiet of its own


def own_frames(definition: FrontEndDefinition) -> slice:
    """Which frames of a recording with margins are the recording's own."""
    before = round(MARGIN_MS / 1000 * definition.frames_per_second)
    return slice(before, -before)


def with_margins(samples: Samples, definition: FrontEndDefinition) -> Samples:
    """A recording (n,) with a quarter of a second before and after it.

    Noise, as loud as the quietest 20 ms of the ten seconds beside it and of their colour: white
    noise through them as a filter. Where few moments are so quiet, it is a sound of speech that was
    cut tightly, and the noise lies 40 dB below the loud ones. A constant offset is no noise, and
    goes on as it is.
    """
    heard = HEARD_S * definition.sample_rate_hz
    before, after = (_quiet(end, definition) for end in (samples[:heard], samples[-heard:]))
    return np.concatenate([before, samples, after])


def stream_with_margins(
    blocks: Iterable[Samples], definition: FrontEndDefinition, n_least: int = 1
) -> Iterator[Samples]:
    """The same of a stream of blocks (n,), in bounded memory.

    Nothing comes of a recording of fewer than `n_least` samples, at most ten seconds: the quiet
    made of it would be all that is heard.
    """
    heard = HEARD_S * definition.sample_rate_hz
    kept: Samples = np.zeros(0, dtype=np.float32)
    has_begun = False
    for block in blocks:
        kept = np.concatenate([kept, block])
        if not has_begun and len(kept) >= heard:
            has_begun = True
            yield _quiet(kept[:heard], definition)
            yield kept
        elif has_begun:
            yield block
        if has_begun:
            kept = kept[-heard:]
    if len(kept) >= n_least:
        if not has_begun:
            yield _quiet(kept, definition)
            yield kept
        yield _quiet(kept, definition)


def _quiet(samples: Samples, definition: FrontEndDefinition) -> Samples:
    n_samples = definition.sample_rate_hz * MARGIN_MS // 1000
    window = min(len(samples), definition.sample_rate_hz * WINDOW_MS // 1000)
    if not window:
        return np.zeros(n_samples, dtype=samples.dtype)
    windows = samples[: len(samples) // window * window].reshape(-1, window).astype(np.float64)
    mean = float(samples.mean(dtype=np.float64))
    offset = mean if abs(mean) >= LEAST_OFFSET else 0.0
    windows -= offset
    noise = np.convolve(_signs(n_samples + window - 1), _quietest(windows), mode="valid")
    return (offset + noise / np.sqrt(window)).astype(samples.dtype)


def _quietest(windows: Samples) -> Samples:
    """The quietest of windows (N, n); where they hold no quiet, as if it were that of a room."""
    energies = (windows**2).sum(axis=1)
    least, found = energies.min(), np.asarray(windows[energies.argmin()])
    if np.mean(energies <= least * 10 ** (QUIET_DB / 10)) >= QUIET_SHARE:
        return found
    loud = np.sort(energies)[int(LOUD_PERCENTILE / 100 * (len(energies) - 1))]
    return found * min(1.0, np.sqrt(loud / max(least, 1e-30)) * 10 ** (-ROOM_DB / 20))


@cache
def _signs(n_samples: int) -> NDArray[np.float64]:
    """(n,) ones of either sign, a maximum length sequence of 16 bits: as white as noise."""
    state = 1
    bits = []
    for _ in range(n_samples):
        bit = (state ^ state >> 2 ^ state >> 3 ^ state >> 5) & 1
        state = state >> 1 | bit << 15
        bits.append(bit)
    return 2.0 * np.array(bits) - 1.0
