"""POST /consent: a speaker agrees that features of the voice are kept."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.alias import AliasSchema
from cepstra.resources.schemas.consent import ConsentSchema, NewConsentSchema
from cepstra.verification import consent


class Consent(Resource):  # type: ignore[misc]
    """The consent of a speaker."""

    @Contract(ConsentSchema, NewConsentSchema, AliasSchema, errors=(409,), scope="enrol")
    def post(self, alias: str, body: dict[str, Any]) -> Any:
        """Record that the speaker agreed to a text; a new consent replaces the one before."""
        return consent.give(current_service(), alias, body["version"])
