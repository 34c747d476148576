"""DELETE /speakers/NAME/takes/TAKE: forget one take."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service
from cepstra.resources.schemas import DeletedSchema
from cepstra.verification import unenrolment

deleted_schema = DeletedSchema()


class Take(Resource):  # type: ignore[misc]
    """One take of a speaker."""

    @contract(DeletedSchema, errors=(400, 404), scope="enrol")
    def delete(self, speaker: str, take: str) -> Any:
        """Delete the take and make the model as if it had never been enrolled."""
        unenrolment.forget_take(current_service(), current_alias(speaker), take)
        return deleted_schema.dump({"deleted": True})
