"""How much of the processor one caller may use: what a call took is known when it is done."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from werkzeug.exceptions import TooManyRequests

from cepstra.resources.admission import caller_of_request
from cepstra.resources.request_scope import FILE_ENDPOINTS


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
    return f"work {caller.id}" if caller else f"work {request.remote_addr}"


def _wait_s(limiter: Limiter, rate: RateLimitItem) -> int:
    reset_at = limiter.limiter.get_window_stats(rate, _caller()).reset_time
    return max(1, round(reset_at - time.time()))
