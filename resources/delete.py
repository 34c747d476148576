"""DELETE /delete: forget everything of a speaker."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import AliasSchema, DeletedSchema
from cepstra.verification import speakers


class Delete(Resource):  # type: ignore[misc]
    """All that is kept about a speaker."""

    @Contract(DeletedSchema, query=AliasSchema, errors=(400,), scope="enrol")
    def delete(self, alias: str) -> Any:
        """Delete takes, model, logs and the speaker."""
        return {"deleted": speakers.delete(current_service(), alias)}
