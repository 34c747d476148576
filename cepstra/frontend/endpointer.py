"""Find utterances in a stream of frame levels: the state machine of the page's endpointer.js.

The floor is the smallest smoothed level of a window that ends now, after R. Martin, "Noise power
spectral density estimation based on optimal smoothing and minimum statistics", 2001.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.definition import Endpointing, FrontEndDefinition

Array = NDArray[np.float64]


class Endpointer:
    """Takes levels, hands out the spans of utterances; frames count from the first level pushed."""

    def __init__(self, settings: Endpointing, hop_ms: float) -> None:
        self._settings = settings
        self._frames: dict[str, int] = {
            name: max(1, math.floor(value / hop_ms + 0.5))
            for name, value in asdict(settings).items()
            if name.endswith("_ms")
        }
        self._count = 0
        self._loud_run = self._quiet_run = 0
        self._onset: int | None = None
        self._peak_db = -math.inf
        self._floor_db = -math.inf
        self._previous_end = 0
        self._energies = np.zeros(self._frames["smoothing_ms"] - 1)
        self._levels = np.full(self._frames["floor_window_ms"] - 1, np.inf)

    @property
    def earliest_frame(self) -> int:
        """The first frame that an utterance still to be handed out can begin with."""
        onset = self._count - self._loud_run if self._onset is None else self._onset
        return max(onset - self._frames["padding_before_ms"], self._previous_end, 0)

    def push(self, energies: Array) -> list[slice]:
        """Take the (n,) energies of the next frames, return the utterances that end in them."""
        if len(energies) == 0:
            return []
        levels, floors = self._measure(energies)
        is_loud = levels > floors + self._settings.start_above_floor_db
        is_quiet = levels < floors + self._settings.end_above_floor_db
        found = []
        for n, (level, floor) in enumerate(zip(levels.tolist(), floors.tolist(), strict=True)):
            self._count += 1
            self._floor_db = floor
            if self._onset is None:
                self._await_speech(bool(is_loud[n]), level)
            elif span := self._follow_speech(bool(is_quiet[n]), level):
                found.append(span)
        return found

    def end(self) -> Sequence[slice]:
        """Nothing follows: return the utterance that is open, if any."""
        if self._onset is None:
            return []
        span = self._finish(self._onset, self._count - self._onset - self._quiet_run)
        return [span] if span else []

    def _measure(self, energies: Array) -> tuple[Array, Array]:
        """(n,) smoothed levels and (n,) floors, dB."""
        n, width = len(energies), self._frames["smoothing_ms"]
        known = np.concatenate([self._energies, energies])
        seen = self._count + 1 + np.arange(n)
        sums = sum((known[k : k + n] for k in range(width)), np.zeros(n))
        with np.errstate(divide="ignore"):
            levels = 10 * np.log10(sums / np.minimum(seen, width))
        levels = np.maximum(levels, self._settings.lowest_floor_db)
        known_levels = np.concatenate([self._levels, levels])
        window = self._frames["floor_window_ms"]
        floors = np.lib.stride_tricks.sliding_window_view(known_levels, window).min(axis=1)
        assumed = np.minimum(floors, self._settings.assumed_floor_db)
        self._energies, self._levels = known[n:], known_levels[n:]
        return levels, np.where(seen >= window, floors, assumed)

    def _await_speech(self, is_loud: bool, level_db: float) -> None:
        self._loud_run = self._loud_run + 1 if is_loud else 0
        if self._loud_run >= self._frames["start_ms"]:
            self._onset = self._count - self._loud_run
            self._peak_db = level_db
            self._loud_run = self._quiet_run = 0

    def _follow_speech(self, is_quiet: bool, level_db: float) -> slice | None:
        onset = self._count if self._onset is None else self._onset
        self._peak_db = max(self._peak_db, level_db)
        self._quiet_run = self._quiet_run + 1 if is_quiet else 0
        length = self._count - onset
        is_over = self._quiet_run >= self._frames["hangover_ms"]
        if not is_over and length < self._frames["max_speech_ms"]:
            return None
        return self._finish(onset, length - self._quiet_run)

    def _finish(self, onset: int, speech_length: int) -> slice | None:
        first = max(onset - self._frames["padding_before_ms"], self._previous_end, 0)
        end = min(onset + speech_length + self._frames["padding_after_ms"], self._count)
        least_peak_db = self._floor_db + self._settings.start_above_floor_db
        is_long = speech_length >= self._frames["min_speech_ms"]
        self._onset = None
        self._previous_end = end
        return slice(first, end) if is_long and self._peak_db > least_peak_db else None


def frame_levels(samples: NDArray[np.float32], definition: FrontEndDefinition) -> Array:
    """(T,) energy of each whole frame of (n,) samples without its mean, times gain squared.

    Pre-emphasis, good for recognising voices, would take up to 30 dB from vowels and lift hiss.
    """
    if len(samples) < definition.frame_samples:
        return np.zeros(0)
    windows = np.lib.stride_tricks.sliding_window_view(
        samples.astype(np.float64), definition.frame_samples
    )[:: definition.hop_samples]
    squares = np.einsum("tn,tn->t", windows, windows)
    energy = squares - windows.sum(axis=1) ** 2 / definition.frame_samples
    return np.asarray(np.maximum(0, energy) * definition.gain**2)
