"""GET /export: a speaker's own data."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import AliasSchema, ExportSchema
from cepstra.verification import export


class Export(Resource):  # type: ignore[misc]
    """All that is kept about a speaker, to take away."""

    @Contract(ExportSchema, query=AliasSchema, errors=(400, 404), scope="enrol")
    def get(self, alias: str) -> Any:
        """Hand out takes, logs, consent and audit entries."""
        return export.export(current_service(), alias)
