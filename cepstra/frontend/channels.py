"""Which channel of a recording is heard; static/js/files/channels.js has the same rule.

Channels are averaged, but for three kinds: where the average cancels what they hold (a cable wired
wrongly), the louder one is heard; of five or more (a film), the centre, where the dialogue is, if
it is not silent; where each of two, of four at most, holds a voice of its own (a telephone call),
somebody has to choose.
"""

from __future__ import annotations

from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Channel = Literal["left", "right", "mix"]

BLOCKS_PER_S = 10
CANCELLED_SHARE = 0.1  # of the louder channel's energy in the average: 10 dB are lost
SILENT_SHARE, ACTIVE_SHARE = 0.03, 0.1  # of the highest level: 30 and 20 dB below
ALONE_RATIO = 4.0  # 12 dB above the other,
ALONE_SHARE, ALONE_BLOCKS = 0.02, 5  # in so many of the active blocks, and half a second
MOST_OF_CALL = 4  # channels; films have more, and voices and music in several


class ChannelSurvey:
    """Sums over a recording of two channels or more, told block by block."""

    def __init__(self) -> None:
        self._energies: NDArray[np.float64] = np.zeros(0)
        self._mean_energy = 0.0
        self._levels: list[NDArray[np.float64]] = []
        self.peak = 0.0

    def push(self, channels: Samples, sample_rate_hz: int) -> None:
        """Take (channels, n) samples into account."""
        if not channels.size:
            return
        squares = channels.astype(np.float64) ** 2
        if len(self._energies) != len(channels):
            self._energies, self._levels = np.zeros(len(channels)), []
        self._energies += squares.sum(axis=1)
        self._mean_energy += float(np.sum(channels.mean(axis=0, dtype=np.float64) ** 2))
        self.peak = max(self.peak, float(np.abs(channels).max()))
        size = max(1, sample_rate_hz // BLOCKS_PER_S)
        for at in range(0, channels.shape[1], size):
            self._levels.append(np.sqrt(squares[:, at : at + size].mean(axis=1)))

    @property
    def loudest(self) -> int | None:
        """The channel to be heard in place of the average, which would cancel it; None of none."""
        most = self._energies.max(initial=0.0)
        is_cancelled = len(self._energies) > 1 and self._mean_energy < CANCELLED_SHARE * most
        return int(self._energies.argmax()) if is_cancelled else None

    @property
    def sounding(self) -> NDArray[np.bool_]:
        """Which of the channels are not silent."""
        highest = np.array(self._levels).max(axis=0)
        found: NDArray[np.bool_] = highest > SILENT_SHARE * highest.max()
        return found

    def centre(self, index: int | None) -> int | None:
        """Return the index of the centre, if it sounds and is of more channels than a call."""
        is_film = index is not None and len(self._energies) > MOST_OF_CALL
        return index if is_film and self.sounding[index] else None

    @property
    def holds_two_voices(self) -> bool:
        """Whether, of four channels at most, each of two speaks while the other does not."""
        if not 2 <= len(self._energies) <= MOST_OF_CALL:
            return False
        levels = np.array(self._levels)
        loud = levels[:, self.sounding].T
        loud = loud / loud.max(axis=1, keepdims=True)
        return any(_by_turns(one, other) for one, other in combinations(loud, 2))


def _by_turns(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether each of two channels, (n,) shares of its highest level, speaks alone."""
    active = np.maximum(one, other) > ACTIVE_SHARE
    alone = [np.sum(active & (a > ALONE_RATIO * b)) for a, b in ((one, other), (other, one))]
    return bool(min(alone) >= max(ALONE_BLOCKS, ALONE_SHARE * active.sum()))


def mixed(channels: Samples, channel: Channel | int | None) -> Samples:
    """Return (n,) samples of (channels, n): one channel, or the mean of all.

    Args:
        channels: all of them.
        channel: left, right, an index, or the mean with "mix" and None.
    """
    index = {"left": 0, "right": 1}.get(channel, -1) if isinstance(channel, str) else channel
    chosen: Samples = channels.mean(axis=0, dtype=np.float32)
    if index is not None and 0 <= index < len(channels):
        chosen = channels[index]
    return chosen
