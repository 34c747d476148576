"""PUT /score: verify an attempt."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_service, known_caller
from cepstra.resources.schemas import (
    AliasSchema,
    AnsweredSchema,
    ChallengedAttemptSchema,
    ScoreSchema,
)
from cepstra.verification import attempts
from cepstra.verification.challenges import Attempt


class Score(Resource):  # type: ignore[misc]
    """Attempts to be taken for a speaker."""

    @contract(
        {attempts.ScoreReport: ScoreSchema, attempts.Answered: AnsweredSchema},
        ChallengedAttemptSchema,
        AliasSchema,
        errors=(400, 409, 413, 415, 429),
        scope="verify",
        tells_scores=True,
    )
    def put(self, alias: str, body: Attempt) -> Any:
        """Score an attempt against the speaker's model, or take digits of a challenge."""
        if body.challenge is None:
            return attempts.score(current_service(), alias, body.messages)
        return attempts.answer(current_service(), alias, known_caller().id, body)
