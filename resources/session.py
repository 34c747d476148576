"""/session: who the caller is to the service."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from resources.contract import contract
from resources.request_scope import current_config
from resources.schemas import AccessSchema

access_schema = AccessSchema()


class Session(Resource):  # type: ignore[misc]
    """The standing of the caller."""

    @contract(AccessSchema)
    def get(self) -> Any:
        """Tell whether callers have to sign in."""
        return access_schema.dump({"auth": "on" if current_config().auth_is_on else "off"})
