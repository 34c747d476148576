"""PUT /test: reference speech that sets the threshold."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.body import load_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service
from cepstra.resources.schemas import AliasSchema, NewTakeSchema, ReferenceSchema
from cepstra.resources.told_scores import tell
from cepstra.verification import enrolment

take_schema = NewTakeSchema()
reference_schema = ReferenceSchema()


class Test(Resource):  # type: ignore[misc]
    """Reference takes of a speaker."""

    @contract(
        ReferenceSchema, NewTakeSchema, AliasSchema, errors=(400, 403, 409, 413, 415), scope="enrol"
    )
    def put(self, speaker: str | None = None) -> Any:
        """Add one take to the reference speech and set the threshold from it."""
        alias = current_alias(speaker)
        report = enrolment.set_reference(current_service(), alias, load_body(take_schema))
        return tell(reference_schema.dump(report))
