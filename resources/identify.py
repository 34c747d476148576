"""PUT /identify: who of everybody is it, or nobody."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_restful import Resource

from cepstra.resources.asked_embedding import with_embeddings
from cepstra.resources.body import load_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import AttemptSchema
from cepstra.resources.schemas.identification import IdentificationSchema, TopSchema
from cepstra.resources.told_scores import tell
from cepstra.verification.identification import identify

attempt_schema = AttemptSchema()
top_schema = TopSchema()
identification_schema = IdentificationSchema()


class Identify(Resource):  # type: ignore[misc]
    """Attempts of an unnamed speaker."""

    @contract(
        IdentificationSchema, AttemptSchema, TopSchema, errors=(400, 413, 415), scope="identify"
    )
    def put(self) -> Any:
        """Rank the enrolled speakers and name one, or none of them; nothing is kept."""
        top = top_schema.load(request.args.to_dict())["top"]
        attempt = load_body(attempt_schema)
        reply = identification_schema.dump(identify(current_service(), attempt, top))
        return tell(with_embeddings(reply, attempt))
