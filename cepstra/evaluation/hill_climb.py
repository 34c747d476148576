"""An attacker who changes his own speech until it is accepted, with what a caller may learn.

That is a decision, and nothing about how close it was: a rejection teaches no direction, so each
query tries another change, large or small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample

from cepstra.evaluation.attack_species import as_sent, heard

Samples = NDArray[np.float64]
Frames = NDArray[np.float64]
Ask = Callable[[int, Sequence[Frames]], NDArray[np.bool_]]

SPEEDS = (0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2)
LARGEST_SHIFT = 0.5  # of each coefficient's deviation within the attacker's speech


def climbed(
    rng: np.random.Generator, own: Sequence[Samples], n_digits: int, ask: Ask, n_queries: int
) -> NDArray[np.int_]:
    """Ask with one's own digits, played faster or slower, each coefficient moved by a constant.

    Args:
        rng: draws the changes.
        own: recordings of the attacker, one of each digit.
        n_digits: of a query.
        ask: tells which victims (V,) accept the frames of a query, of which it is told the number.
        n_queries: to each victim.

    Returns:
        (V,) how many queries each victim took until it accepted; 0 where it never did.
    """
    spoken = [
        [heard(resample(sound, round(len(sound) / speed))) for sound in own] for speed in SPEEDS
    ]
    deviation = np.concatenate(spoken[SPEEDS.index(1.0)]).std(axis=0)
    first: NDArray[np.int_] = np.zeros(0, dtype=int)
    for number in range(1, n_queries + 1):
        words = spoken[rng.integers(len(SPEEDS))]
        shift = rng.uniform(0, LARGEST_SHIFT) * deviation * rng.normal(size=len(deviation))
        asked = rng.permutation(len(words))[:n_digits]
        accepted = ask(number, [as_sent(words[word] + shift) for word in asked])
        first = (
            np.where((first == 0) & accepted, number, first) if len(first) else number * accepted
        )
        if (first > 0).all():
            break
    return first
