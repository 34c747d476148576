"""GET /health/live and /health/ready: does the process answer, can it do its work."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import HealthSchema


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
