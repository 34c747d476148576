"""GET /export gives all of a speaker's own data, and PUT /import takes it back in."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.alias import AliasSchema
from cepstra.resources.schemas.export import ExportSchema
from cepstra.resources.schemas.importing import ImportedSchema, ImportSchema, NewNameSchema
from cepstra.verification import export
from cepstra.verification.importing import import_takes


class Export(Resource):  # type: ignore[misc]
    """All that is kept about a speaker, to take away."""

    @Contract(ExportSchema, query=AliasSchema, errors=(404,), scope="enrol", tells_scores=True)
    def get(self, alias: str) -> Any:
        """Hand out takes, logs, consent and audit entries."""
        return export.export(current_service(), alias)


class Import(Resource):  # type: ignore[misc]
    """A speaker's takes and consent, from another service or from before."""

    @Contract(ImportedSchema, ImportSchema, NewNameSchema, errors=(409,), scope="admin")
    def put(self, body: Any, alias: str | None = None) -> Any:
        """Keep the takes of an export under its own name or another, all of them or none."""
        return import_takes(current_service(), alias or body.alias, body)
