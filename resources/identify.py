"""PUT /identify: who of everybody is it, or nobody."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_restful import Resource

from resources.body import load_body
from resources.contract import contract
from resources.request_scope import current_service
from resources.schemas import AttemptSchema
from resources.schemas.identification import IdentificationSchema, TopSchema
from verification.identification import identify

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
        report = identify(current_service(), load_body(attempt_schema), top)
        return identification_schema.dump(report)
