"""When a call that failed is made again."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .errors import (
    CepstraError,
    RefusedError,
    ServerError,
    TooManyRequestsError,
    UnreachableError,
)


@dataclass(frozen=True)
class Retry:
    """Growing pauses between attempts, so that many callers do not come back at once.

    Attributes:
        attempts: how often a call is made at most.
        first_pause_s: the pause after the first failure; it doubles each time, give or take a half.
        longest_pause_s: a service that asks for a longer one is not called again.
    """

    attempts: int = 4
    first_pause_s: float = 0.2
    longest_pause_s: float = 5.0

    def pause_s(self, error: CepstraError, failures: int, is_repeatable: bool) -> float | None:
        """Return how long to wait before the next attempt; None to give up.

        Args:
            error: how the last attempt ended.
            failures: attempts made so far, at least one.
            is_repeatable: whether doing the call twice is as good as once. A refusal for being
                too many (429) had no effect and is followed by another attempt in any case.
        """
        if failures >= self.attempts or not _may_pass(error, is_repeatable):
            return None
        asked_s = error.retry_after_s if isinstance(error, RefusedError) else None
        grown_s = self.first_pause_s * 2 ** (failures - 1) * random.uniform(0.5, 1.5)
        pause_s = max(asked_s or 0.0, min(grown_s, self.longest_pause_s))
        return pause_s if pause_s <= self.longest_pause_s else None


def _may_pass(error: CepstraError, is_repeatable: bool) -> bool:
    if isinstance(error, TooManyRequestsError):
        return error.retry_after_s is not None
    if isinstance(error, ServerError):
        return is_repeatable and error.code in (502, 503, 504)
    return is_repeatable and isinstance(error, UnreachableError)
