"""GET /locks, DELETE /speakers/NAME/lock: who has to wait, and no longer."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.operators import LiftedSchema, LocksSchema
from cepstra.verification import locks


class Locks(Resource):  # type: ignore[misc]
    """All locks."""

    @Contract(LocksSchema, scope="admin")
    def get(self) -> Any:
        """List who has to wait after rejections, at most a thousand."""
        return {"locks": locks.locked(current_service())}


class Lock(Resource):  # type: ignore[misc]
    """The locks of one name."""

    @Contract(LiftedSchema, scope="admin")
    def delete(self, alias: str) -> Any:
        """Forget the rejections of a name, of voice and password, so that nobody waits."""
        return {"lifted": locks.lift(current_service(), alias)}
