"""GET /doc: the OpenAPI document, as a page for browsers and as JSON for everybody else."""

from __future__ import annotations

from typing import Any

from flask import current_app, make_response, request, send_from_directory
from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.openapi import describe
from cepstra.resources.schemas.service import DocumentSchema


class Doc(Resource):  # type: ignore[misc]
    """The service's own description."""

    @Contract(DocumentSchema, scope="public")
    def get(self) -> Any:
        """Describe every call."""
        offered = ["application/json", "text/html"]
        if request.accept_mimetypes.best_match(offered) == "text/html":
            return make_response(send_from_directory(str(current_app.static_folder), "doc.html"))
        return describe(current_app)
