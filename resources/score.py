"""PUT /score: verify an attempt."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.asked_embedding import is_asked_for, with_embedding
from cepstra.resources.body import load_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service, known_caller
from cepstra.resources.schemas import (
    AnsweredSchema,
    ChallengedAttemptSchema,
    ScoredSchema,
    ScoreSchema,
)
from cepstra.resources.told_scores import tell
from cepstra.verification import attempts

attempt_schema = ChallengedAttemptSchema()
scored_schema = ScoredSchema()
score_schema = ScoreSchema()
answered_schema = AnsweredSchema()


class Score(Resource):  # type: ignore[misc]
    """Attempts to be taken for a speaker."""

    @contract(
        (ScoreSchema, AnsweredSchema),
        ChallengedAttemptSchema,
        ScoredSchema,
        errors=(400, 409, 413, 415, 429),
        scope="verify",
    )
    def put(self, speaker: str | None = None) -> Any:
        """Score an attempt against the speaker's model, or take digits of a challenge."""
        alias, service = current_alias(speaker, scored_schema), current_service()
        attempt, _ = load_body(attempt_schema), is_asked_for()
        if attempt.challenge is None:
            reply = score_schema.dump(attempts.score(service, alias, attempt.messages))
            return tell(with_embedding(reply, attempt.messages, alias))
        holder = known_caller().id
        return tell(answered_schema.dump(attempts.answer(service, alias, holder, attempt)))
