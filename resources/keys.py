"""GET, POST /keys, DELETE /keys/NUMBER: the keys by which backends call."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service, known_caller
from cepstra.resources.schemas.operators import (
    ApiKeysSchema,
    KeyNumberSchema,
    MadeKeySchema,
    NewKeySchema,
    RevokedSchema,
)
from cepstra.verification import api_keys


class Keys(Resource):  # type: ignore[misc]
    """All API keys."""

    @Contract(ApiKeysSchema, scope="admin")
    def get(self) -> Any:
        """List all keys: number, name, scopes, dates; never the keys themselves."""
        return {"keys": api_keys.everything(current_service().store)}

    @Contract(MadeKeySchema, NewKeySchema, status=201, scope="admin")
    def post(self, body: dict[str, Any]) -> Any:
        """Make a key that opens no more than the caller's own; it is told once."""
        api_keys.demand_held(known_caller(), body["scopes"], body["tenant"])
        service = current_service()
        return api_keys.create(service.store, **body, origin=service.origin)


class Key(Resource):  # type: ignore[misc]
    """One API key."""

    @Contract(RevokedSchema, query=KeyNumberSchema, scope="admin")
    def delete(self, key: int) -> Any:
        """Close a key for good, also one's own."""
        service = current_service()
        api_keys.revoke(service.store, key, service.origin)
        return {"revoked": True}
