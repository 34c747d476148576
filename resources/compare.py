"""PUT /compare: the same voice or not."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.identification import ComparisonSchema, SameVoiceSchema
from cepstra.verification.comparison import compare


class Compare(Resource):  # type: ignore[misc]
    """Two attempts of anybody."""

    @contract(
        SameVoiceSchema,
        ComparisonSchema,
        errors=(400, 409, 413, 415),
        scope="identify",
        tells_scores=True,
    )
    def put(self, body: dict[str, Any]) -> Any:
        """Say whether two attempts are one voice; nobody is enrolled and nothing is kept."""
        return compare(current_service(), body["first"], body["second"])
