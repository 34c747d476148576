"""DELETE /delete: forget everything of a speaker."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service
from cepstra.resources.schemas import AliasSchema, DeletedSchema
from cepstra.verification import speakers

deleted_schema = DeletedSchema()


class Delete(Resource):  # type: ignore[misc]
    """All that is kept about a speaker."""

    @contract(DeletedSchema, query=AliasSchema, errors=(400,), scope="enrol")
    def delete(self) -> Any:
        """Delete takes, model, logs and the speaker."""
        deleted = speakers.delete(current_service(), current_alias())
        return deleted_schema.dump({"deleted": deleted})
