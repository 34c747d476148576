"""GET /.well-known/jwks.json: the public keys that signatures are checked with."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_sessions
from cepstra.resources.schemas.service import JwksSchema


class Jwks(Resource):  # type: ignore[misc]
    """Public keys."""

    @Contract(JwksSchema, scope="public")
    def get(self) -> Any:
        """List the keys that sign now or did before the last rotation (RFC 7517)."""
        return {"keys": [key.public_jwk() for key in current_sessions().keys.keys]}
