"""What stands between an attempt and an accept, beside the voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.verification.assertions import Assertions
from cepstra.verification.digit_check import DigitChecker
from cepstra.verification.lockout import LockoutRule
from cepstra.verification.replay import ReplayGuard


@dataclass(frozen=True)
class SecurityPolicy:
    """Chosen once for a process.

    Attributes:
        n_digits: digits of a challenge.
        fewest_digits: to which a caller may shorten it.
        challenges_per_hour: most that are posed for a speaker while auth is on.
        digit_checkers: all of them have to agree with the digits declared.
        replay: what recognises frames that were sent before.
        is_guarded: auth is on: enrolment refuses repeated frames too, and plain attempts count
            for the lockout.
        assertions: what signs outcomes, if anything does.
        lockout: when a speaker is locked after rejected attempts.
    """

    n_digits: int = 5
    fewest_digits: int = 3
    challenges_per_hour: int = 30
    digit_checkers: Sequence[DigitChecker] = ()
    replay: ReplayGuard = field(default_factory=ReplayGuard)
    is_guarded: bool = False
    assertions: Assertions | None = None
    lockout: LockoutRule = LockoutRule()

    @property
    def print_names(self) -> frozenset[str]:
        """Return the names of all that `prints` makes."""
        return frozenset([*self.replay.names, *(checker.name for checker in self.digit_checkers)])

    def prints(self, frames: NDArray[np.floating[Any]]) -> dict[str, NDArray[Any]]:
        """Return what is kept of frames (T, D) to compare others with: fingerprints and words.

        Fingerprints are bytes, as (n,) uint8.
        """
        fingerprints = self.replay.fingerprint(frames).items()
        return {
            **{name: np.frombuffer(content, dtype=np.uint8) for name, content in fingerprints},
            **{checker.name: checker.print_of(frames) for checker in self.digit_checkers},
        }
