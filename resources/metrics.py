"""GET /metrics: numbers for Prometheus."""

from __future__ import annotations

from flask import Response
from flask_restful import Resource

from cepstra.monitoring import metrics
from cepstra.resources.contract import Contract
from cepstra.resources.openapi import VERSION
from cepstra.resources.request_scope import current_service


class Metrics(Resource):  # type: ignore[misc]
    """How the service is doing."""

    @Contract("text/plain", scope="metrics")
    def get(self) -> Response:
        """Tell requests, latencies, decisions, enrolments and queues in Prometheus's text format.

        With auth on, METRICS_TOKEN opens this call and no other. It needs no database.
        """
        systems = current_service().verifiers.by_frontend
        names = " ".join(system.name for system in systems.values())
        versions = {"version": VERSION, "system": names, "frontend": " ".join(systems)}
        return Response(metrics.exposition(versions), content_type=metrics.CONTENT_TYPE)
