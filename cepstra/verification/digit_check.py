"""Were the right digits said? What was declared, and what a checker hears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cepstra.store.takes import Take
from cepstra.verification.message import Message


class DigitChecker(Protocol):
    """Listens whether each message holds the digit that it is declared to hold."""

    def check(self, takes: Sequence[Take], messages: Sequence[Message]) -> Sequence[str]:
        """Compare messages with the speaker's own takes of the digits they declare.

        Args:
            takes: all takes of the speaker, oldest first.
            messages: of the attempt, in order; each has a digit.

        Returns:
            Why the messages are not what they are declared to be, one text a fault, for the audit
            log; empty where nothing speaks against them.
        """

    def other_digit(self, takes: Sequence[Take], message: Message) -> int | None:
        """Compare a new take with the speaker's own of all digits.

        Args:
            takes: all takes of the speaker, oldest first.
            message: with a digit.

        Returns:
            The digit that the message sounds like, clearly more than like the declared one; None
            where it does not, or where there is nothing to compare with.
        """


def faults_of_order(digits: Sequence[int], messages: Sequence[Message]) -> Sequence[str]:
    """Return why the declared digits are not those asked for, in order; empty where they are."""
    declared = [message.digit for message in messages]
    if declared == list(digits):
        return ()
    asked, told = (" ".join(map(str, said)) for said in (digits, declared))
    return (f"asked for {asked}, declared {told}",)
