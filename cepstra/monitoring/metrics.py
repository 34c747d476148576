"""What is counted and measured. No label holds anything that callers choose freely."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from cepstra.monitoring.shared_folder import VARIABLE
from cepstra.store.audit_log import Entry

CONTENT_TYPE = CONTENT_TYPE_LATEST
BUCKETS_S = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
DECISIONS = ("accept", "reject", "inconclusive")

requests = Counter("cepstra_requests", "Requests answered", ["method", "route", "status"])
durations = Histogram(
    "cepstra_request_duration_seconds",
    "Seconds from a request's arrival at a thread to its reply",
    ["method", "route"],
    buckets=BUCKETS_S,
)
in_flight = Gauge(
    "cepstra_requests_in_flight", "Requests being answered now", multiprocess_mode="livesum"
)
waiting = Gauge(
    "cepstra_requests_waiting",
    "Requests that have arrived whole and wait for a thread",
    multiprocess_mode="livesum",
)
decisions = Counter("cepstra_decisions", "Decisions about attempts", ["decision"])
enrolments = Counter("cepstra_enrolments", "Takes that were kept", ["role"])
webhooks = Counter("cepstra_webhooks", "Events sent to the operator's backend", ["outcome"])
refusals = Counter("cepstra_refusals", "Calls refused by the rules of the service", ["action"])

_listeners: list[Any] = []


def watch_listeners(sockets: Sequence[Any]) -> None:
    """Note the sockets whose backlog is told: those of gunicorn, which has `get_backlog`."""
    _listeners[:] = sockets


def count_entry(entry: Entry) -> None:
    """Count what an audit entry tells."""
    if entry.decision == "refused":
        refusals.labels(entry.action).inc()
    elif entry.decision in DECISIONS:
        decisions.labels(entry.decision).inc()
    elif entry.action in ("train", "reference"):
        enrolments.labels(entry.action).inc()


def exposition(versions: dict[str, str]) -> bytes:
    """Return everything in Prometheus's text format, added up over all workers.

    Args:
        versions: what runs here: labels of `cepstra_info`.
    """
    counted: CollectorRegistry = REGISTRY
    if VARIABLE in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    now = CollectorRegistry()
    now.register(_Now(versions))
    return generate_latest(counted) + generate_latest(now)


class _Now(Collector):
    """What is the same seen from every worker and is looked up when asked for."""

    def __init__(self, versions: dict[str, str]) -> None:
        self._versions = versions

    def collect(self) -> Iterable[GaugeMetricFamily]:
        info = GaugeMetricFamily("cepstra_info", "What runs here", labels=list(self._versions))
        info.add_metric(list(self._versions.values()), 1)
        yield info
        backlog = sum(max(socket.get_backlog() or 0, 0) for socket in _listeners)
        yield GaugeMetricFamily(
            "cepstra_backlog", "Connections that no worker has accepted yet", value=backlog
        )
