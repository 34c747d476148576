"""PUT /train: enrol one take."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import AliasSchema, NewTakeSchema, TrainingSchema
from cepstra.verification import enrolment


class Train(Resource):  # type: ignore[misc]
    """Training takes of a speaker."""

    @Contract(
        TrainingSchema, NewTakeSchema, AliasSchema, errors=(400, 403, 409, 413, 415), scope="enrol"
    )
    def put(self, alias: str, body: Any) -> Any:
        """Enrol one take and bring the speaker's model up to date."""
        return enrolment.train(current_service(), alias, body)
