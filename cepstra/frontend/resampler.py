"""Change the sample rate as the page's resampler.js does: Kaiser-windowed sinc, polyphase.

Output sample n is the band-limited input at the time n / output rate. Kaiser's design formulas:
A. V. Oppenheim, R. W. Schafer, "Discrete-Time Signal Processing", section 7.6.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Samples = NDArray[np.float32]

STOP_BAND_DB = 80.0
PASS_BAND_SHARE = 0.95
MAX_PHASES = 1024
LOWEST_RATE_HZ = 8_000
HIGHEST_RATE_HZ = 192_000
OUTPUTS_AT_ONCE = 4096  # bounds memory: each needs as many products as the filter has taps


class Resampler:
    """A stream of samples at one rate in, at another rate out; equal rates pass through.

    Samples are 32-bit floats, as in a browser; sums are taken in 64 bits.
    """

    def __init__(self, input_hz: int, output_hz: int) -> None:
        if not LOWEST_RATE_HZ <= input_hz <= HIGHEST_RATE_HZ:
            expected = f"{LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz"
            raise ValueError(f"sample rate: expected {expected}, got {input_hz}")
        divisor = math.gcd(input_hz, output_hz)
        self._up, self._down = output_hz // divisor, input_hz // divisor
        self._is_idle = input_hz == output_hz
        edge_hz = min(input_hz, output_hz) / 2
        self._taps = design(input_hz, edge_hz, min(self._up, MAX_PHASES))
        self._half = self._taps.shape[1] // 2
        self._held: Array = np.zeros(self._half - 1)
        self._next = 0  # output sample that comes next
        self._dropped = 0  # input samples no longer held

    def push(self, samples: Samples) -> Samples:
        """Take the next (n,) samples, return those of the output that they complete."""
        if self._is_idle:
            return samples
        self._held = np.concatenate([self._held, samples])
        end = self._dropped + len(self._held) - self._taps.shape[1]  # last start of a filter
        count = max(0, (end * self._up + self._up - 1) // self._down + 1 - self._next)
        outputs = np.arange(self._next, self._next + count)
        parts = [
            self._filter(outputs[start : start + OUTPUTS_AT_ONCE])
            for start in range(0, count, OUTPUTS_AT_ONCE)
        ]
        self._next += count
        done = min(self._next * self._down // self._up - self._dropped, len(self._held))
        self._held = self._held[done:]
        self._dropped += done
        return np.concatenate([np.zeros(0, dtype=np.float32), *parts])

    def flush(self) -> Samples:
        """Return what remains when the input has ended: silence is assumed to follow it."""
        if self._is_idle:
            return np.zeros(0, dtype=np.float32)
        return self.push(np.zeros(self._half, dtype=np.float32))

    def _filter(self, outputs: NDArray[np.int64]) -> Samples:
        times = outputs * self._down
        starts = times // self._up - self._dropped
        windows = np.lib.stride_tricks.sliding_window_view(self._held, self._taps.shape[1])
        if self._up == 1:  # 48 kHz to 16 kHz: one row of taps at equal steps, and nothing is copied
            chosen, taps = windows[starts[0] : starts[-1] + 1 : self._down], self._taps
        else:
            phases = (times % self._up) * len(self._taps) // self._up
            chosen, taps = windows[starts], self._taps[phases]
        found: Array = np.einsum("nt,nt->n", chosen, taps)
        return found.astype(np.float32)


@cache
def design(input_hz: int, edge_hz: float, phases: int) -> Array:
    """(phases, taps) filter coefficients with the precision of 32 bits, sums of one each.

    Args:
        input_hz: rate of the input.
        edge_hz: where the stop band begins.
        phases: positions between two input samples.
    """
    beta = 0.1102 * (STOP_BAND_DB - 8.7)
    transition = 2 * np.pi * edge_hz * (1 - PASS_BAND_SHARE) / input_hz
    half = math.ceil((STOP_BAND_DB - 7.95) / (2.285 * transition) / 2)
    cutoff = edge_hz * (1 + PASS_BAND_SHARE) / input_hz
    time = np.arange(2 * half) - half + 1 - np.arange(phases)[:, None] / phases
    shape = np.i0(beta * np.sqrt(np.maximum(0, 1 - (time / half) ** 2))) / np.i0(beta)
    taps = np.sinc(cutoff * time) * shape
    taps = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32).astype(np.float64)
    taps.flags.writeable = False
    return np.asarray(taps)
