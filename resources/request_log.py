"""One log line and one count a request, and the id that both and the reply carry."""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from cepstra.monitoring import metrics
from cepstra.monitoring.log_lines import request_id

log = logging.getLogger("cepstra.request")

HEADER = "X-Request-ID"
SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"


def follow_requests(app: Flask) -> None:
    """Follow every request; to be called before anything else that sees them."""
    app.before_request(_begin)
    app.after_request(_answer)
    app.teardown_request(_end)


def _begin() -> None:
    g.started_s = time.perf_counter()
    g.request_id = _given_id() or secrets.token_hex(16)
    request_id.set(g.request_id)
    metrics.in_flight.inc()


def _answer(response: Response) -> Response:
    duration_s = time.perf_counter() - g.started_s
    method = request.method if request.method in METHODS else "other"
    route = request.url_rule.rule if request.url_rule else UNMATCHED
    status = response.status_code
    response.headers[HEADER] = g.request_id
    metrics.requests.labels(method, route, status).inc()
    metrics.durations.labels(method, route).observe(duration_s)
    told = {"method": method, "route": route, "status": status}
    told["duration_ms"] = round(1000 * duration_s, 2)
    log.log(
        logging.ERROR if status >= 500 else logging.INFO,
        "request",
        extra={"fields": {**told, "request_id": g.request_id}},
    )
    return response


def _end(_error: BaseException | None) -> None:
    if g.pop("request_id", None):
        metrics.in_flight.dec()
        request_id.set(None)


def _given_id() -> str | None:
    given = request.headers.get(HEADER, "")
    return given if SANE_ID.fullmatch(given) else None
