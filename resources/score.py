"""PUT /score: verify an attempt."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from resources.body import load_body
from resources.contract import contract
from resources.request_scope import current_alias, current_service
from resources.schemas import AliasSchema, AttemptSchema, ScoreSchema
from verification import attempts

attempt_schema = AttemptSchema()
score_schema = ScoreSchema()


class Score(Resource):  # type: ignore[misc]
    """Attempts to be taken for a speaker."""

    @contract(ScoreSchema, AttemptSchema, AliasSchema, errors=(400, 409, 413, 415), scope="verify")
    def put(self, speaker: str | None = None) -> Any:
        """Score an attempt against the speaker's model and log the result."""
        alias = current_alias(speaker)
        report = attempts.score(current_service(), alias, load_body(attempt_schema))
        return score_schema.dump(report)
