"""How the service is doing: GET /health/live and /health/ready, and /metrics for Prometheus."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_restful import Resource

import cepstra
from cepstra.monitoring import metrics
from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.service import HealthSchema


class Health(Resource):  # type: ignore[misc]
    """Whether requests should be sent here."""

    @Contract(HealthSchema, errors=(503,), scope="public")
    def get(self) -> Any:
        """Reply once the store has answered a query."""
        current_service().store.ping()
        return {"status": "ok"}


class Live(Resource):  # type: ignore[misc]
    """Whether the process should be left running."""

    @Contract(HealthSchema, scope="public")
    def get(self) -> Any:
        """Reply, whatever state the store is in."""
        return {"status": "ok"}


class Metrics(Resource):  # type: ignore[misc]
    """How the service is doing."""

    @Contract("text/plain", scope="metrics")
    def get(self) -> Response:
        """Tell requests, latencies, decisions, enrolments and queues in Prometheus's text format.

        With auth on, METRICS_TOKEN opens this call and no other. It needs no database.
        """
        systems = current_service().verifiers.by_frontend
        names = " ".join(system.name for system in systems.values())
        versions = {"version": cepstra.__version__, "system": names, "frontend": " ".join(systems)}
        return Response(metrics.exposition(versions), content_type=metrics.CONTENT_TYPE)
