"""What stands between an attempt and an accept, beside the voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verification.digit_check import DigitChecker
from verification.replay import ExactRepeats, ReplayDetector


@dataclass(frozen=True)
class Defences:
    """Chosen once for a process.

    Attributes:
        n_digits: digits of a challenge.
        digit_checkers: all of them have to agree with the digits declared.
        replay_detectors: none of them may find anything.
        guards_enrolment: refuse repeated frames in enrolment too; so while auth is on.
    """

    n_digits: int = 5
    digit_checkers: Sequence[DigitChecker] = ()
    replay_detectors: Sequence[ReplayDetector] = (ExactRepeats(),)
    guards_enrolment: bool = False
