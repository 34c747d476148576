"""How often one may call, and how much of the processor: per address, token and speaker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import ApplicationLimit, Limiter
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from werkzeug.exceptions import TooManyRequests

from cepstra.config import Config, network_of
from cepstra.resources.admission import caller_of_request
from cepstra.resources.request_scope import FILE_ENDPOINTS, named_speaker
from cepstra.resources.shared_counts import SharedCounts as SharedCounts  # known by its scheme

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
    limits = [
        ApplicationLimit(config.rate_limit_address, key_function=_address, exempt_when=_is_file),
        ApplicationLimit(config.rate_limit_token, key_function=_token, exempt_when=_is_unknown),
        ApplicationLimit(config.rate_limit_speaker, key_function=_speaker, exempt_when=_is_nobodys),
        ApplicationLimit(config.rate_limit_search, key_function=_token, exempt_when=_is_no_search),
        ApplicationLimit(
            config.rate_limit_sign_in, key_function=_sign_in, exempt_when=_is_no_sign_in
        ),
    ]
    is_alone = config.rate_limit_storage.startswith("memory://")
    limiter = Limiter(
        _address,
        application_limits=list(limits),
        storage_uri="memory://" if is_alone else "shared://",
        storage_options={} if is_alone else {"address": config.rate_limit_storage},
    )
    limiter.init_app(app)
    limit_work(app, limiter, config.rate_limit_work)


def _address() -> str:
    return f"address {network_of(request.remote_addr or '')}"


def _is_file() -> bool:
    return request.endpoint in FILE_ENDPOINTS


def _token() -> str:
    caller = caller_of_request()
    return f"token {caller.token_id or caller.id}" if caller else "token"


def _is_unknown() -> bool:
    return caller_of_request() is None


def _speaker() -> str:
    caller = caller_of_request()
    name = caller.speaker if caller and caller.speaker else named_speaker()
    tenant = f"tenant {caller.tenant} " if caller and caller.tenant else ""
    return f"{tenant}speaker {name}"


def _is_nobodys() -> bool:
    caller = caller_of_request()
    return caller is None or (caller.speaker is None and named_speaker() is None)


def _is_no_search() -> bool:
    return request.endpoint not in SEARCH_ENDPOINTS


def _sign_in() -> str:
    return f"sign-in {network_of(request.remote_addr or '')}"


def _is_no_sign_in() -> bool:
    return request.method != "POST" or request.endpoint not in SIGN_IN_ENDPOINTS


def limit_work(app: Flask, limiter: Limiter, milliseconds: str) -> None:
    """Refuse a caller whose calls took more processor time than a rate such as 30000 per minute.

    A call that finds nothing left is refused; one that finds anything left is done. So a caller
    gets at most the rate and one call more for each of the threads.
    """
    rate = parse(milliseconds)

    def begin() -> None:
        g.began_s = time.thread_time()
        if request.endpoint not in FILE_ENDPOINTS and not limiter.limiter.test(rate, _caller()):
            text = f"expected calls that take at most {rate.amount} ms per {rate.GRANULARITY.name}"
            raise TooManyRequests(text, retry_after=_wait_s(limiter, rate))

    def charge(response: Response) -> Response:
        spent_ms = round(1000 * (time.thread_time() - g.get("began_s", time.thread_time())))
        if spent_ms and request.endpoint not in FILE_ENDPOINTS:
            limiter.limiter.hit(rate, _caller(), cost=spent_ms)
        return response

    app.before_request(begin)
    app.after_request(charge)


def _caller() -> str:
    caller = caller_of_request()
    return f"work {caller.id if caller else network_of(request.remote_addr or '')}"


def _wait_s(limiter: Limiter, rate: RateLimitItem) -> int:
    reset_at = limiter.limiter.get_window_stats(rate, _caller()).reset_time
    return max(1, round(reset_at - time.time()))
