"""PUT /compare: the same voice or not."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.body import load_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.identification import ComparisonSchema, SameVoiceSchema
from cepstra.resources.told_scores import tell
from cepstra.verification.comparison import compare

comparison_schema = ComparisonSchema()
same_voice_schema = SameVoiceSchema()


class Compare(Resource):  # type: ignore[misc]
    """Two attempts of anybody."""

    @contract(SameVoiceSchema, ComparisonSchema, errors=(400, 409, 413, 415), scope="identify")
    def put(self) -> Any:
        """Say whether two attempts are one voice; nobody is enrolled and nothing is kept."""
        body = load_body(comparison_schema)
        judgement = compare(current_service().verifiers, body["first"], body["second"])
        return tell(same_voice_schema.dump(judgement))
