"""How often one may call, and how much of the processor: per address, token and speaker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, Response, g, request
from limits import RateLimitItem, parse, parse_many
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from cepstra.config import Config, network_of
from cepstra.resources.admission import caller_of_request
from cepstra.resources.request_scope import FILE_ENDPOINTS, named_speaker
from cepstra.resources.shared_counts import SharedCounts

SIGN_IN_ENDPOINTS = ("session", "user")
SEARCH_ENDPOINTS = ("identify", "compare", "recognise", "timeline")
EXPIRY_S = 10.0


class CountsInMemory(MemoryStorage):
    """Takes the place of the library's `memory://`, and drops what has expired every ten seconds.

    The library starts a thread for it with nearly every call, which waits until the thread runs;
    and of two calls at once both may start the same one, of which the second fails.
    """

    STORAGE_SCHEME = ["memory"]

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        self._alone = threading.RLock()
        super().__init__(uri, **options)

    @property
    def timer(self) -> threading.Timer:
        """Return what drops the expired next."""
        return self._timer

    @timer.setter
    def timer(self, timer: threading.Timer) -> None:
        timer.interval, timer.daemon = EXPIRY_S, True  # the library waits for 10 ms
        timer.function = partial(self._drop, timer.function)
        self._timer = timer

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, one call after the other."""
        with self._alone:
            return super().incr(key, expiry, amount)

    def get(self, key: str) -> int:
        """Tell a count; what has expired is dropped, so one call after the other."""
        with self._alone:
            return super().get(key)

    def _drop(self, expired: Callable[[], None]) -> None:
        with self._alone:
            expired()


def limit_rates(app: Flask, config: Config) -> None:
    """Count the requests of the application and refuse those beyond the settings' rates."""
    limiter = FixedWindowRateLimiter(_counts(config.rate_limit_storage))
    of_settings = (
        (config.rate_limit_address, _address),
        (config.rate_limit_token, _token),
        (config.rate_limit_speaker, _speaker),
        (config.rate_limit_search, _search),
        (config.rate_limit_sign_in, _sign_in),
    )
    rates = [(rate, whose) for text, whose in of_settings for rate in parse_many(text)]

    def count() -> None:
        for rate, whose in rates:
            name = whose()
            if name is not None and not limiter.hit(rate, name):
                wait_s = _wait_s(limiter, rate, name)
                text = f"expected at most {rate}; try again in {wait_s} s"
                raise TooManyRequests(text, retry_after=wait_s)

    app.before_request(count)
    limit_work(app, limiter, parse(config.rate_limit_work))


def _counts(address: str) -> Storage:
    if address.startswith("memory://"):
        return CountsInMemory(address)
    return SharedCounts(address)


def _address() -> str | None:
    if request.endpoint in FILE_ENDPOINTS:
        return None
    return f"address {network_of(request.remote_addr or '')}"


def _token() -> str | None:
    caller = caller_of_request()
    return f"token {caller.token_id or caller.id}" if caller else None


def _speaker() -> str | None:
    caller = caller_of_request()
    name = caller.speaker or named_speaker() if caller else None
    if caller is None or name is None:
        return None
    tenant = f"tenant {caller.tenant} " if caller.tenant else ""
    return f"{tenant}speaker {name}"


def _search() -> str | None:
    return f"search by {_token()}" if request.endpoint in SEARCH_ENDPOINTS else None


def _sign_in() -> str | None:
    if request.method != "POST" or request.endpoint not in SIGN_IN_ENDPOINTS:
        return None
    return f"sign-in {network_of(request.remote_addr or '')}"


def limit_work(app: Flask, limiter: FixedWindowRateLimiter, rate: RateLimitItem) -> None:
    """Refuse a caller whose calls took more milliseconds of processor time than a rate.

    A call that finds nothing left is refused; one that finds anything left is done. So a caller
    gets at most the rate and one call more for each of the threads.
    """

    def begin() -> None:
        g.began_s = time.thread_time()
        if request.endpoint not in FILE_ENDPOINTS and not limiter.test(rate, _caller()):
            text = f"expected calls that take at most {rate.amount} ms per {rate.GRANULARITY.name}"
            raise TooManyRequests(text, retry_after=_wait_s(limiter, rate, _caller()))

    def charge(response: Response) -> Response:
        spent_ms = round(1000 * (time.thread_time() - g.get("began_s", time.thread_time())))
        if spent_ms and request.endpoint not in FILE_ENDPOINTS:
            limiter.hit(rate, _caller(), cost=spent_ms)
        return response

    app.before_request(begin)
    app.after_request(charge)


def _caller() -> str:
    caller = caller_of_request()
    return f"work {caller.id if caller else network_of(request.remote_addr or '')}"


def _wait_s(limiter: FixedWindowRateLimiter, rate: RateLimitItem, name: str) -> int:
    reset_at = limiter.get_window_stats(rate, name).reset_time
    return max(1, round(reset_at - time.time()))
