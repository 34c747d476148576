"""Blocks of samples that a decoder hands out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

LONGEST_PADDING_S = 0.15


@dataclass(frozen=True)
class Block:
    """(channels, n) samples, nominally in [-1, 1], and their rate."""

    channels: Samples
    sample_rate_hz: int


def to_length(blocks: Iterator[Block], length_s: float) -> Iterator[Block]:
    """Leave out what fills the last frame, as browsers do; more beyond the length is sound."""
    beyond: list[Block] = []
    for block in blocks:
        rate_hz, count = block.sample_rate_hz, block.channels.shape[1]
        own = min(count, max(0, round(length_s * rate_hz)))
        length_s -= count / rate_hz
        if own:
            yield Block(block.channels[:, :own], rate_hz)
        if own < count:
            beyond.append(Block(block.channels[:, own:], rate_hz))
        if length_s < -LONGEST_PADDING_S:
            yield from beyond
            beyond.clear()


def gathered(blocks: Iterator[Block]) -> Iterator[Block]:
    """Join small blocks of one kind to such of about a second, which cost less each."""
    held: list[Block] = []
    for block in blocks:
        kind = block.sample_rate_hz, len(block.channels)
        if held and kind != (held[0].sample_rate_hz, len(held[0].channels)):
            yield _joined(held)
            held = []
        held.append(block)
        if sum(each.channels.shape[1] for each in held) >= block.sample_rate_hz:
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _joined(blocks: list[Block]) -> Block:
    channels = np.concatenate([block.channels for block in blocks], axis=1)
    return Block(channels, blocks[0].sample_rate_hz)
