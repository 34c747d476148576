"""DELETE /speakers/NAME/takes/TAKE: forget one take."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import DeletedSchema
from cepstra.verification import unenrolment


class Take(Resource):  # type: ignore[misc]
    """One take of a speaker."""

    @Contract(DeletedSchema, errors=(400, 404), scope="enrol")
    def delete(self, alias: str, take: str) -> Any:
        """Delete the take and make the model as if it had never been enrolled."""
        unenrolment.forget_take(current_service(), alias, take)
        return {"deleted": True}
