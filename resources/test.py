"""PUT /test: reference speech that sets the threshold."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import AliasSchema, NewTakeSchema, ReferenceSchema
from cepstra.verification import enrolment


class Test(Resource):  # type: ignore[misc]
    """Reference takes of a speaker."""

    @Contract(
        ReferenceSchema,
        NewTakeSchema,
        AliasSchema,
        errors=(400, 403, 409, 413, 415),
        scope="enrol",
        tells_scores=True,
    )
    def put(self, alias: str, body: Any) -> Any:
        """Add one take to the reference speech and set the threshold from it."""
        return enrolment.set_reference(current_service(), alias, body)
