"""PUT /recognise: speech that comes with a name, known or registered."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.asked_embedding import check_asked, with_embeddings
from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import AttemptSchema
from cepstra.resources.schemas.identification import RecognisedSchema, RecognitionSchema
from cepstra.verification.recognition import recognise


class Recognise(Resource):  # type: ignore[misc]
    """Speech of a speaker whom its sender names."""

    @Contract(
        RecognitionSchema,
        AttemptSchema,
        RecognisedSchema,
        errors=(400, 403, 409, 413, 415),
        scope="admin",
        tells_scores=True,
    )
    def put(self, alias: str, body: Any, re_register: bool, more: str | None = None) -> Any:
        """Identify the speaker by voice, and register who is new under the name."""
        check_asked(more)
        report = recognise(current_service(), alias, body, re_register=re_register)
        return with_embeddings(report, body, more)
