"""PUT /identify: who of everybody is it, or nobody."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.asked_embedding import check_asked, with_embeddings
from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import AttemptSchema
from cepstra.resources.schemas.identification import IdentificationSchema, TopSchema
from cepstra.verification.identification import identify


class Identify(Resource):  # type: ignore[misc]
    """Attempts of an unnamed speaker."""

    @Contract(
        IdentificationSchema,
        AttemptSchema,
        TopSchema,
        errors=(400, 403, 413, 415),
        scope="identify",
        tells_scores=True,
    )
    def put(self, body: Any, top: int, more: str | None = None) -> Any:
        """Rank the enrolled speakers and name one, or none of them; nothing is kept."""
        check_asked(more)
        report = identify(current_service(), body, top)
        return with_embeddings(report, body, more)
