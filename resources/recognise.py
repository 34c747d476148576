"""PUT /recognise: speech that comes with a name, known or registered."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_restful import Resource

from cepstra.resources.asked_embedding import is_asked_for, with_embeddings
from cepstra.resources.body import load_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service
from cepstra.resources.schemas import AttemptSchema
from cepstra.resources.schemas.identification import RecognisedSchema, RecognitionSchema
from cepstra.resources.told_scores import tell
from cepstra.verification.recognition import recognise

attempt_schema = AttemptSchema()
recognised_schema = RecognisedSchema()
recognition_schema = RecognitionSchema()


class Recognise(Resource):  # type: ignore[misc]
    """Speech of a speaker whom its sender names."""

    @contract(
        RecognitionSchema,
        AttemptSchema,
        RecognisedSchema,
        errors=(400, 403, 409, 413, 415),
        scope="admin",
    )
    def put(self) -> Any:
        """Identify the speaker by voice, and register who is new under the name."""
        name = current_alias(query_schema=recognised_schema)
        again = recognised_schema.load(request.args.to_dict())["re_register"]
        attempt, _ = load_body(attempt_schema), is_asked_for()
        report = recognise(current_service(), name, attempt, re_register=again)
        return tell(with_embeddings(recognition_schema.dump(report), attempt))
