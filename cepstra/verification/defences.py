"""What stands between an attempt and an accept, beside the voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cepstra.verification.assertions import Assertions
from cepstra.verification.digit_check import DigitChecker
from cepstra.verification.lockout import LockoutRule
from cepstra.verification.replay import ReplayGuard


@dataclass(frozen=True)
class Defences:
    """Chosen once for a process.

    Attributes:
        n_digits: digits of a challenge.
        fewest_digits: to which a caller may shorten it.
        digit_checkers: all of them have to agree with the digits declared.
        replay: what recognises frames that were sent before.
        is_guarded: auth is on: enrolment refuses repeated frames too, and plain attempts count
            for the lockout.
        assertions: what signs outcomes, if anything does.
        lockout: when a speaker is locked after rejected attempts.
    """

    n_digits: int = 5
    fewest_digits: int = 3
    digit_checkers: Sequence[DigitChecker] = ()
    replay: ReplayGuard = field(default_factory=ReplayGuard)
    is_guarded: bool = False
    assertions: Assertions | None = None
    lockout: LockoutRule = LockoutRule()
