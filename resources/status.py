"""GET /status: how far a speaker's enrolment is."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas import AliasSchema, StatusSchema
from cepstra.verification import speakers


class Status(Resource):  # type: ignore[misc]
    """Progress, logs and threshold of the speaker named in the query."""

    @Contract(StatusSchema, query=AliasSchema, errors=(400,), scope="verify", tells_scores=True)
    def get(self, alias: str) -> Any:
        """Describe the speaker; one never heard of has nothing of everything."""
        return speakers.status(current_service(), alias)


class SpeakerStatus(Resource):  # type: ignore[misc]
    """Progress, logs and threshold of the speaker named in the path."""

    @Contract(StatusSchema, errors=(400, 404), scope="verify", tells_scores=True)
    def get(self, alias: str) -> Any:
        """Describe the speaker."""
        found = speakers.find(current_service().store, alias)
        return speakers.status(current_service(), found.alias)
