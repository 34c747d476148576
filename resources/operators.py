"""What operators look after: enrolments, attempts, locks, keys and the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response
from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service, known_caller
from cepstra.resources.schemas.audit import FoundEntriesSchema, SearchSchema, audit_csv
from cepstra.resources.schemas.operators import (
    ApiKeysSchema,
    AttemptCountsSchema,
    EnrolmentsSchema,
    KeyNumberSchema,
    LiftedSchema,
    LocksSchema,
    MadeKeySchema,
    NewKeySchema,
    PeriodsSchema,
    RevokedSchema,
)
from cepstra.resources.schemas.speaker import PageSchema
from cepstra.verification import api_keys, enrolments, locks
from cepstra.verification.attempt_counts import Period, count_attempts
from cepstra.verification.audit_search import search, speaker_id


class Enrolments(Resource):  # type: ignore[misc]
    """All enrolments."""

    @Contract(EnrolmentsSchema, query=PageSchema, scope="admin", tells_scores=True)
    def get(self, after: str) -> Any:
        """Describe a hundred enrolments in order of alias, from `after` on."""
        return {"enrolments": enrolments.page(current_service(), after)}


class Attempts(Resource):  # type: ignore[misc]
    """Attempts over time."""

    @Contract(AttemptCountsSchema, query=PeriodsSchema, errors=(404,), scope="admin")
    def get(self, by: Period, periods: int, name: str | None) -> Any:
        """Count the attempts of the newest hours or days by what came of them."""
        store = current_service().store
        whose = speaker_id(store, name) if name else None
        return {"by": by, "counts": count_attempts(store, by, periods, whose, datetime.now(UTC))}


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
