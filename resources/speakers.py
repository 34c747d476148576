"""POST, GET, PUT, DELETE /speakers[/ID]: the speakers themselves."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_restful import Resource

from cepstra.resources.body import load_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service
from cepstra.resources.schemas import (
    DeletedSchema,
    NewSpeakerSchema,
    PageSchema,
    SpeakerSchema,
    SpeakersSchema,
)
from cepstra.verification import speakers
from cepstra.verification.errors import UnknownSpeakerError

new_speaker_schema = NewSpeakerSchema()
page_schema = PageSchema()
speaker_schema = SpeakerSchema()
speakers_schema = SpeakersSchema()
deleted_schema = DeletedSchema()


class Speakers(Resource):  # type: ignore[misc]
    """All speakers."""

    @contract(SpeakersSchema, query=PageSchema, errors=(400,), scope="admin")
    def get(self) -> Any:
        """List a hundred speakers in order of alias, from `after` on."""
        after = page_schema.load(request.args.to_dict())["after"]
        return speakers_schema.dump({"speakers": speakers.page(current_service().store, after)})

    @contract(
        SpeakerSchema, NewSpeakerSchema, status=201, errors=(400, 409, 413, 415), scope="admin"
    )
    def post(self) -> Any:
        """Create a speaker without speech."""
        alias = load_body(new_speaker_schema)["alias"]
        speaker = speakers.create(current_service(), alias)
        return speaker_schema.dump(speaker), 201, {"Location": f"/speakers/{alias}"}


class Speaker(Resource):  # type: ignore[misc]
    """One speaker."""

    @contract(SpeakerSchema, errors=(400, 404), scope="verify")
    def get(self, speaker: str) -> Any:
        """Describe the speaker."""
        return speaker_schema.dump(speakers.find(current_service().store, current_alias(speaker)))

    @contract(SpeakerSchema, NewSpeakerSchema, errors=(400, 403, 404, 409, 413, 415), scope="admin")
    def put(self, speaker: str) -> Any:
        """Give the speaker another name; all that is kept stays."""
        alias, new = current_alias(speaker), load_body(new_speaker_schema)["alias"]
        return speaker_schema.dump(speakers.rename(current_service(), alias, new))

    @contract(DeletedSchema, errors=(400, 404), scope="enrol")
    def delete(self, speaker: str) -> Any:
        """Delete takes, model, logs and the speaker."""
        alias = current_alias(speaker)
        if not speakers.delete(current_service(), alias):
            raise UnknownSpeakerError("speaker", f"there is no speaker {alias}")
        return deleted_schema.dump({"deleted": True})
