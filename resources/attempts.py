"""GET /attempts: how many there were, and what came of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.operators import AttemptCountsSchema, PeriodsSchema
from cepstra.verification.attempt_counts import Period, count_attempts
from cepstra.verification.audit_search import speaker_id


class Attempts(Resource):  # type: ignore[misc]
    """Attempts over time."""

    @Contract(AttemptCountsSchema, query=PeriodsSchema, errors=(404,), scope="admin")
    def get(self, by: Period, periods: int, name: str | None) -> Any:
        """Count the attempts of the newest hours or days by what came of them."""
        store = current_service().store
        whose = speaker_id(store, name) if name else None
        return {"by": by, "counts": count_attempts(store, by, periods, whose, datetime.now(UTC))}
