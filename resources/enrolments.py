"""GET /enrolments: how everybody is enrolled."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.operators import EnrolmentsSchema
from cepstra.resources.schemas.speaker import PageSchema
from cepstra.verification import enrolments


class Enrolments(Resource):  # type: ignore[misc]
    """All enrolments."""

    @Contract(EnrolmentsSchema, query=PageSchema, scope="admin", tells_scores=True)
    def get(self, after: str) -> Any:
        """Describe a hundred enrolments in order of alias, from `after` on."""
        return {"enrolments": enrolments.page(current_service(), after)}
