"""Counts that workers share: in Redis, and in memory for as long as that does not answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from limits.storage import Storage, storage_from_string

T = TypeVar("T")
log = logging.getLogger(__name__)

TIMEOUT_S = 0.2  # a call counts seven times, one after the other
AWAY_S = 5.0


class SharedCounts(Storage):
    """Counts in Redis; every AWAY_S one call asks a server that did not answer again.

    The library's own way waits for five seconds with each, and a call that was under way when
    Redis fell silent fails.
    """

    STORAGE_SCHEME = None

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._shared: Any = storage_from_string(address, **_options())
        self._own: Any = storage_from_string("memory://")
        self._away_until_s = 0.0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """Return what tells that Redis does not answer."""
        told: type[Exception] | tuple[type[Exception], ...] = self._shared.base_exceptions
        return told

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count."""
        return self._asked(lambda storage: storage.incr(key, expiry, amount))

    def get(self, key: str) -> int:
        """Tell a count."""
        return self._asked(lambda storage: storage.get(key))

    def get_expiry(self, key: str) -> float:
        """Tell until when a count holds, in seconds since 1970."""
        return self._asked(lambda storage: storage.get_expiry(key))

    def check(self) -> bool:
        """Tell that there is always somewhere to count."""
        return True

    def reset(self) -> int | None:
        """Forget every count."""
        return self._asked(lambda storage: storage.reset())

    def clear(self, key: str) -> None:
        """Forget a count."""
        self._asked(lambda storage: storage.clear(key))

    def _asked(self, ask: Callable[[Storage], T]) -> T:
        now_s = time.monotonic()
        if now_s < self._away_until_s:
            return ask(self._own)
        if self._away_until_s:
            self._away_until_s = now_s + AWAY_S  # the others need not wait, too
        try:
            answer = ask(self._shared)
        except self.base_exceptions as error:
            log.warning("rates are counted in memory for %g s: %s", AWAY_S, type(error).__name__)
            self._away_until_s = time.monotonic() + AWAY_S
            return ask(self._own)
        self._away_until_s = 0.0
        return answer


def _options() -> dict[str, Any]:
    """Return how Redis is asked: a lost connection is made anew, silence is waited for once."""
    from redis.backoff import NoBackoff  # not loaded by whoever counts in memory
    from redis.exceptions import ConnectionError as LostConnectionError
    from redis.retry import Retry

    retry = Retry(NoBackoff(), 1, (LostConnectionError,))
    return {"socket_timeout": TIMEOUT_S, "socket_connect_timeout": TIMEOUT_S, "retry": retry}
