"""The service with one resource more, which parses the same JSON and does nothing with it."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, request
from flask_restful import Resource

from cepstra import api
from cepstra.config import Config


class Null(Resource):  # type: ignore[misc]
    """The least that a flask-restful resource for such a message can cost."""

    def put(self) -> Any:
        """Parse the body and reply with nothing."""
        orjson.loads(request.get_data(cache=False))
        return {}


def create_app(config: Config | None = None) -> Flask:
    """Build the service with PUT /null added."""
    app = api.create_app(config)
    null_api = api.OneShapeApi(app)
    null_api.representation("application/json")(api.json_response)
    null_api.add_resource(Null, "/null")
    return app
