"""GET /status: how far a speaker's enrolment is."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service
from cepstra.resources.schemas import AliasSchema, StatusSchema
from cepstra.resources.told_scores import tell
from cepstra.verification import speakers

status_schema = StatusSchema()


class Status(Resource):  # type: ignore[misc]
    """Progress, logs and threshold of the speaker named in the query."""

    @contract(StatusSchema, query=AliasSchema, errors=(400,), scope="verify")
    def get(self) -> Any:
        """Describe the speaker; one never heard of has nothing of everything."""
        return tell(status_schema.dump(speakers.status(current_service(), current_alias())))


class SpeakerStatus(Resource):  # type: ignore[misc]
    """Progress, logs and threshold of the speaker named in the path."""

    @contract(StatusSchema, errors=(400, 404), scope="verify")
    def get(self, speaker: str) -> Any:
        """Describe the speaker."""
        found = speakers.find(current_service().store, current_alias(speaker))
        return tell(status_schema.dump(speakers.status(current_service(), found.alias)))
