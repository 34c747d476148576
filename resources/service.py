"""The service itself: its health, its description, its public keys, its numbers for Prometheus."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, make_response, request, send_from_directory
from flask_restful import Resource

import cepstra
from cepstra.monitoring import metrics
from cepstra.resources.contract import Contract
from cepstra.resources.openapi import describe
from cepstra.resources.request_scope import current_service, current_sessions
from cepstra.resources.schemas.service import DocumentSchema, HealthSchema, JwksSchema


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


class Doc(Resource):  # type: ignore[misc]
    """The service's own description."""

    @Contract(DocumentSchema, scope="public")
    def get(self) -> Any:
        """Describe every call."""
        offered = ["application/json", "text/html"]
        if request.accept_mimetypes.best_match(offered) == "text/html":
            return make_response(send_from_directory(str(current_app.static_folder), "doc.html"))
        return describe(current_app)


class Jwks(Resource):  # type: ignore[misc]
    """Public keys."""

    @Contract(JwksSchema, scope="public")
    def get(self) -> Any:
        """List the keys that sign now or did before the last rotation (RFC 7517)."""
        return {"keys": [key.public_jwk() for key in current_sessions().keys.keys]}
