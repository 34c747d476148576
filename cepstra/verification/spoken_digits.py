"""Compare what was said with the speaker's own takes of the digits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.alignment import distances
from cepstra.digits.digit_scores import THRESHOLD, attempt_score, digit_scores, repeated_digit
from cepstra.digits.trajectories import trajectories
from cepstra.store.arrays import unpack
from cepstra.verification.digit_check import Word

METRIC = Path(__file__).resolve().parent.parent / "models" / "digits.safetensors"
WIDTH = 20
FEWEST_DIGITS = 2
# Refuses up to 3% of right takes and 94 to 99% of wrong ones (docs/security.md).
OTHER_DIGIT_BELOW = -0.15


class SpokenDigits:
    """Needs to know no language: every digit is what this speaker enrolled as that digit.

    Args:
        metric: (95, K) from models/digits.safetensors.
        takes_per_digit: how many of the newest takes of each digit are compared.
    """

    def __init__(self, metric: NDArray[np.float32], takes_per_digit: int) -> None:
        self.name = "words-" + hashlib.sha256(metric.tobytes()).hexdigest()[:8]
        self._metric = metric
        self._takes_per_digit = takes_per_digit

    def print_of(self, frames: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """(gates, points, K) the word's trajectories; empty of frames of another width."""
        if frames.shape[1] != WIDTH:
            return np.zeros(0, dtype=np.float32)
        word: NDArray[np.float32] = trajectories([frames], self._metric)[0]
        return word

    def check(self, enrolled: Sequence[Word], said: Sequence[Word]) -> Sequence[str]:
        """Return why the words do not sound like the digits declared; empty if they do."""
        newest = self._newest(enrolled)
        known = {word.digit for word in newest}
        if len(known) < FEWEST_DIGITS:
            return (f"{len(known)} digits enrolled, at least {FEWEST_DIGITS} are compared",)
        strange = [word.digit for word in said if word.digit not in known]
        if strange:
            return (f"declared {strange}, of which there is no take",)
        if any(word.print.size == 0 for word in said):
            return (f"expected {WIDTH} coefficients to compare digits",)
        return _compare(newest, said)

    def other_digit(self, enrolled: Sequence[Word], said: Word) -> int | None:
        """Return which other digit the word sounds like, None if like the declared one."""
        newest = self._newest(enrolled)
        known = {word.digit for word in newest}
        if not known or said.print.size == 0:
            return None
        if said.digit not in known:
            measured, digits = _distances(newest, [said])
            return repeated_digit(measured[0], digits)
        if len(known) < FEWEST_DIGITS:
            return None
        scores, digits = _score(newest, [said])
        declared = scores[0, digits == said.digit]
        return int(digits[scores[0].argmax()]) if declared.min() < OTHER_DIGIT_BELOW else None

    def _newest(self, enrolled: Sequence[Word]) -> list[Word]:
        newest: dict[int, list[Word]] = {}
        for word in reversed(enrolled):
            if word.digit is None or word.print.size == 0:
                continue
            same = newest.setdefault(word.digit, [])
            if len(same) < self._takes_per_digit:
                same.append(word)
        return [word for same in newest.values() for word in same]


def _compare(enrolled: Sequence[Word], said: Sequence[Word]) -> Sequence[str]:
    scores, known = _score(enrolled, said)
    declared = np.array([word.digit for word in said])
    columns = np.searchsorted(known, declared)
    claimed = scores[np.arange(len(said)), columns]
    total = attempt_score(claimed)
    if total >= THRESHOLD:
        return ()
    likeliest = known[scores.argmax(axis=1)].tolist()
    return (f"sounds like {likeliest}, digit score {total:.2f} below {THRESHOLD}",)


def _score(
    enrolled: Sequence[Word], said: Sequence[Word]
) -> tuple[NDArray[np.float32], NDArray[np.int_]]:
    return digit_scores(*_distances(enrolled, said))


def _distances(
    enrolled: Sequence[Word], said: Sequence[Word]
) -> tuple[NDArray[np.float32], NDArray[np.int_]]:
    own, asked = (np.stack([word.print for word in words]) for words in (enrolled, said))
    return distances(asked, own), np.array([word.digit for word in enrolled])


def load_spoken_digits(takes_per_digit: int) -> SpokenDigits:
    """Read the shipped metric.

    Raises:
        FileNotFoundError: models/digits.safetensors is missing.
    """
    return SpokenDigits(unpack(METRIC.read_bytes())["metric"], takes_per_digit)
