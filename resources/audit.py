"""GET /audit and /audit.csv: who did what."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.audit import FoundEntriesSchema, SearchSchema, audit_csv
from cepstra.verification.audit_search import search


class Audit(Resource):  # type: ignore[misc]
    """The audit log."""

    @Contract(FoundEntriesSchema, query=SearchSchema, errors=(404,), scope="admin")
    def get(self, **asked: Any) -> Any:
        """Find entries of the audit log, newest first."""
        return {"entries": search(current_service().store, **asked)}


class AuditCsv(Resource):  # type: ignore[misc]
    """The audit log as a table."""

    @Contract("text/csv", query=SearchSchema, errors=(404,), scope="admin")
    def get(self, **asked: Any) -> Response:
        """Find entries of the audit log, newest first, as CSV."""
        text = audit_csv(search(current_service().store, **asked))
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        return Response(text, headers=headers, mimetype="text/csv")
