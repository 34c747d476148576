"""Compare what was said with the speaker's own takes of the digits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.alignment import distances
from cepstra.digits.digit_scores import THRESHOLD, attempt_score, digit_scores
from cepstra.digits.trajectories import trajectories
from cepstra.store.arrays import unpack
from cepstra.store.takes import Take
from cepstra.verification.message import Message

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
        self._metric = metric
        self._takes_per_digit = takes_per_digit

    def check(self, takes: Sequence[Take], messages: Sequence[Message]) -> Sequence[str]:
        """Return why the messages do not sound like the digits declared; empty if they do."""
        enrolled = self._newest(takes)
        known = {take.digit for take in enrolled}
        if len(known) < FEWEST_DIGITS:
            return (f"{len(known)} digits enrolled, at least {FEWEST_DIGITS} are compared",)
        strange = [m.digit for m in messages if m.digit not in known]
        if strange:
            return (f"declared {strange}, of which there is no take",)
        if any(message.frames.shape[1] != WIDTH for message in messages):
            return (f"expected {WIDTH} coefficients to compare digits",)
        return self._compare(enrolled, messages)

    def other_digit(self, takes: Sequence[Take], message: Message) -> int | None:
        """Return which other digit the message sounds like, None if like the declared one."""
        enrolled = self._newest(takes)
        known = {take.digit for take in enrolled}
        is_comparable = message.digit in known and message.frames.shape[1] == WIDTH
        if len(known) < FEWEST_DIGITS or not is_comparable:
            return None
        scores, digits = self._score(enrolled, [message])
        declared = scores[0, digits == message.digit]
        return int(digits[scores[0].argmax()]) if declared.min() < OTHER_DIGIT_BELOW else None

    def _compare(self, enrolled: Sequence[Take], messages: Sequence[Message]) -> Sequence[str]:
        scores, known = self._score(enrolled, messages)
        declared = np.array([message.digit for message in messages])
        columns = np.searchsorted(known, declared)
        claimed = scores[np.arange(len(messages)), columns]
        total = attempt_score(claimed)
        if total >= THRESHOLD:
            return ()
        heard = known[scores.argmax(axis=1)].tolist()
        return (f"sounds like {heard}, digit score {total:.2f} below {THRESHOLD}",)

    def _score(
        self, enrolled: Sequence[Take], messages: Sequence[Message]
    ) -> tuple[NDArray[np.float32], NDArray[np.int_]]:
        own = trajectories([take.frames for take in enrolled], self._metric)
        said = trajectories([message.frames for message in messages], self._metric)
        digits = np.array([take.digit for take in enrolled])
        return digit_scores(distances(said, own), digits)

    def _newest(self, takes: Sequence[Take]) -> list[Take]:
        newest: dict[int, list[Take]] = {}
        for take in reversed(takes):
            if take.digit is None or take.frames.shape[1] != WIDTH:
                continue
            same = newest.setdefault(take.digit, [])
            if len(same) < self._takes_per_digit:
                same.append(take)
        return [take for same in newest.values() for take in same]


def load_spoken_digits(takes_per_digit: int) -> SpokenDigits:
    """Read the shipped metric.

    Raises:
        FileNotFoundError: models/digits.safetensors is missing.
    """
    return SpokenDigits(unpack(METRIC.read_bytes())["metric"], takes_per_digit)
