"""PUT /compare: the same voice or not."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.asked_embedding import check_asked, of_two
from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import WithSchema
from cepstra.resources.schemas.identification import ComparisonSchema, SameVoiceSchema
from cepstra.verification.comparison import compare


class Compare(Resource):  # type: ignore[misc]
    """Two attempts of anybody."""

    @Contract(
        SameVoiceSchema,
        ComparisonSchema,
        WithSchema,
        errors=(400, 403, 409, 413, 415),
        scope="identify",
        tells_scores=True,
    )
    def put(self, body: dict[str, Any], more: str | None = None) -> Any:
        """Say whether two attempts are one voice; nobody is enrolled and nothing is kept."""
        check_asked(more)
        report = compare(current_service(), body["first"], body["second"])
        return of_two(report, (body["first"], body["second"]), more)
