"""Speakers: POST, GET, PUT, DELETE /speakers[/ID], GET /status, DELETE /delete."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.alias import AliasSchema
from cepstra.resources.schemas.speaker import (
    DeletedSchema,
    NewSpeakerSchema,
    SoughtSchema,
    SpeakerSchema,
    SpeakersSchema,
)
from cepstra.resources.schemas.status import StatusSchema
from cepstra.verification import speakers
from cepstra.verification.errors import UnknownSpeakerError


class Speakers(Resource):  # type: ignore[misc]
    """All speakers."""

    @Contract(SpeakersSchema, query=SoughtSchema, scope="admin")
    def get(self, after: str, like: str) -> Any:
        """List a hundred speakers in order of alias, from `after` on, or those of a name alike."""
        return {"speakers": speakers.page(current_service().store, after, like)}

    @Contract(
        SpeakerSchema,
        NewSpeakerSchema,
        status=201,
        errors=(409,),
        scope="admin",
        location="/speakers/{alias}",
    )
    def post(self, body: dict[str, Any]) -> Any:
        """Create a speaker without speech."""
        return speakers.create(current_service(), body["alias"])


class Speaker(Resource):  # type: ignore[misc]
    """One speaker."""

    @Contract(SpeakerSchema, scope="verify")
    def get(self, alias: str) -> Any:
        """Describe the speaker."""
        return speakers.find(current_service().store, alias)

    @Contract(SpeakerSchema, NewSpeakerSchema, errors=(409,), scope="admin")
    def put(self, alias: str, body: dict[str, Any]) -> Any:
        """Give the speaker another name; all that is kept stays."""
        return speakers.rename(current_service(), alias, body["alias"])

    @Contract(DeletedSchema, scope="enrol")
    def delete(self, alias: str) -> Any:
        """Delete takes, model, logs and the speaker."""
        if not speakers.delete(current_service(), alias):
            raise UnknownSpeakerError("speaker", f"there is no speaker {alias}")
        return {"deleted": True}


class Status(Resource):  # type: ignore[misc]
    """Progress, logs and threshold of the speaker named in the query."""

    @Contract(StatusSchema, query=AliasSchema, scope="verify", tells_scores=True)
    def get(self, alias: str) -> Any:
        """Describe the speaker; one never heard of has nothing of everything."""
        return speakers.status(current_service(), alias)


class SpeakerStatus(Resource):  # type: ignore[misc]
    """Progress, logs and threshold of the speaker named in the path."""

    @Contract(StatusSchema, scope="verify", tells_scores=True)
    def get(self, alias: str) -> Any:
        """Describe the speaker."""
        found = speakers.find(current_service().store, alias)
        return speakers.status(current_service(), found.alias)


class Delete(Resource):  # type: ignore[misc]
    """All that is kept about a speaker."""

    @Contract(DeletedSchema, query=AliasSchema, scope="enrol")
    def delete(self, alias: str) -> Any:
        """Delete takes, model, logs and the speaker."""
        return {"deleted": speakers.delete(current_service(), alias)}
