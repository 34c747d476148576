"""PUT /import: what /export gave, back in."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_restful import Resource

from cepstra.resources.body import load_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service
from cepstra.resources.schemas import AliasSchema
from cepstra.resources.schemas.importing import ImportedSchema, ImportSchema
from cepstra.verification.importing import import_takes

import_schema = ImportSchema()
imported_schema = ImportedSchema()


class Import(Resource):  # type: ignore[misc]
    """A speaker's takes and consent, from another service or from before."""

    @contract(
        ImportedSchema, ImportSchema, AliasSchema, errors=(400, 403, 409, 413, 415), scope="admin"
    )
    def put(self, speaker: str | None = None) -> Any:
        """Keep the takes of an export under its own name or another, all of them or none."""
        exported = load_body(import_schema)
        is_named = speaker is not None or request.args
        alias = current_alias(speaker) if is_named else exported.alias
        return imported_schema.dump(import_takes(current_service(), alias, exported))
