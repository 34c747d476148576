"""How often altered copies are recognised, and honest repetitions are taken for copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.replay_match import fingerprint, matches
from cepstra.evaluation.digit_check import Words

Frames = NDArray[np.float64]
Alteration = Callable[[np.random.Generator, Frames], Frames]


def _noisy(share: float) -> Alteration:
    return lambda rng, x: x + share * x.std(axis=0) * rng.normal(size=x.shape)


def _half_a_frame_later(rng: np.random.Generator, x: Frames) -> Frames:
    return (x[1:] + x[:-1]) / 2


ALTERATIONS: Mapping[str, Alteration] = MappingProxyType(
    {
        "none": lambda rng, x: x,
        "louder or softer: c0 moved by up to 50": lambda rng, x: (
            x + np.eye(1, x.shape[1]) * rng.uniform(-50, 50)
        ),
        "all coefficients scaled by 0.5 to 2": lambda rng, x: x * rng.uniform(0.5, 2),
        "a constant added to each coefficient (a microphone's colour)": lambda rng, x: (
            x + 3 * rng.normal(size=(1, x.shape[1]))
        ),
        "shifted: the first frames, a third at most, moved to the end": lambda rng, x: (
            np.concatenate([x[(n := rng.integers(1, len(x) // 3)) :], x[:n]])
        ),
        "first or last 30% cut off": lambda rng, x: (
            x[: int(0.7 * len(x))] if rng.random() < 0.5 else x[int(0.3 * len(x)) :]
        ),
        "rounded to whole numbers": lambda rng, x: np.round(x),
        "rounded to multiples of 2": lambda rng, x: 2 * np.round(x / 2),
        "noise, 5% of each coefficient's deviation": _noisy(0.05),
        "noise, 10%": _noisy(0.1),
        "cut by 5 frames on either side, louder, 5% noise, rounded": lambda rng, x: np.round(
            _noisy(0.05)(rng, x[5:-5]) + np.eye(1, x.shape[1]) * rng.uniform(-50, 50)
        ),
        "interpolated half a frame later": _half_a_frame_later,
        "beyond the tolerance: noise, 30%": _noisy(0.3),
    }
)


def refused_copies(
    speakers: Mapping[str, Words], alteration: Alteration, n_copies: int, seed: int
) -> float:
    """Share, 0 to 1, of altered copies of random takes that are recognised."""
    rng = np.random.default_rng(seed)
    takes = [take for words in speakers.values() for same in words.values() for take in same]
    refused = 0
    for index in rng.integers(len(takes), size=n_copies):
        copy = alteration(rng, takes[index])
        refused += int(matches([fingerprint(copy)], [fingerprint(takes[index])])[0, 0])
    return refused / n_copies


def refused_honest(speakers: Mapping[str, Words]) -> tuple[int, int]:
    """Compare every take with all other takes of its speaker; count the refused and all."""
    refused = total = 0
    for words in speakers.values():
        prints = [fingerprint(take) for same in words.values() for take in same]
        found = matches(prints, prints)
        np.fill_diagonal(found, False)
        refused += int(found.any(axis=1).sum())
        total += len(prints)
    return refused, total
