"""GET /health: is the service up, can it reach its store."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from resources.contract import contract
from resources.request_scope import current_store
from resources.schemas import HealthSchema

health_schema = HealthSchema()


class Health(Resource):  # type: ignore[misc]
    """The state of the service."""

    @contract(HealthSchema, errors=(503,), scope="public")
    def get(self) -> Any:
        """Reply once the store has answered a query."""
        current_store().ping()
        return health_schema.dump({"status": "ok"})
