"""Were the right digits said? What was declared, and what a checker hears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from cepstra.verification.message import Message


class Word(NamedTuple):
    """A stretch of speech as a checker compares it; an empty print cannot be compared."""

    digit: int | None
    print: NDArray[np.float32]


class DigitChecker(Protocol):
    """Listens whether each message holds the digit that it is declared to hold.

    `name` changes whenever its prints cannot be compared with those of another version.
    """

    name: str

    def print_of(self, frames: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Return what is kept of frames (T, D) to compare words by; empty where it cannot."""

    def check(self, enrolled: Sequence[Word], said: Sequence[Word]) -> Sequence[str]:
        """Compare what was said with the speaker's own takes of the digits declared.

        Args:
            enrolled: all takes of the speaker, oldest first.
            said: words of the attempt, in order; each has a digit.

        Returns:
            Why the words are not what they are declared to be, one text a fault, for the audit
            log; empty where nothing speaks against them.
        """

    def other_digit(self, enrolled: Sequence[Word], said: Word) -> int | None:
        """Compare a new take with the speaker's own of all digits.

        Args:
            enrolled: all takes of the speaker, oldest first.
            said: with a digit.

        Returns:
            The digit that the word sounds like, clearly more than like the declared one, or of
            which it is plainly the word where the declared one has no take yet; None where it
            does not, or where there is nothing to compare with.
        """


def faults_of_order(digits: Sequence[int], messages: Sequence[Message]) -> Sequence[str]:
    """Return why the declared digits are not those asked for, in order; empty where they are."""
    declared = [message.digit for message in messages]
    if declared == list(digits):
        return ()
    asked, told = (" ".join(map(str, said)) for said in (digits, declared))
    return (f"asked for {asked}, declared {told}",)
