"""PUT /score: verify an attempt."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask_restful import Resource

from cepstra.resources.asked_embedding import check_asked, with_embedding
from cepstra.resources.contract import Contract
from cepstra.resources.errors import FieldError
from cepstra.resources.request_scope import current_service, known_caller
from cepstra.resources.schemas.challenge import AnsweredSchema, ChallengedAttemptSchema
from cepstra.resources.schemas.score import ScoredSchema, ScoreSchema
from cepstra.verification import attempts
from cepstra.verification.attempts import Answered, ScoreReport
from cepstra.verification.challenges import SentAttempt


def refuse_system(system: str | None) -> None:
    """Let no caller choose what decides on a challenge, whose outcome is signed.

    Raises:
        FieldError: 400 where one does.
    """
    if system is not None:
        text = f"expected none with a challenge, got {system[:64]!r}"
        raise FieldError(HTTPStatus.BAD_REQUEST, "system", text)


class Score(Resource):  # type: ignore[misc]
    """Attempts to be taken for a speaker."""

    @Contract(
        {ScoreReport: ScoreSchema, Answered: AnsweredSchema},
        ChallengedAttemptSchema,
        ScoredSchema,
        errors=(409,),
        scope="verify",
        tells_scores=True,
    )
    def put(
        self, alias: str, body: SentAttempt, more: str | None = None, system: str | None = None
    ) -> Any:
        """Score an attempt against the speaker's model, or take digits of a challenge."""
        check_asked(more)
        if body.challenge is not None:
            refuse_system(system)
            return attempts.answer(current_service(), alias, known_caller().id, body)
        report = attempts.score(current_service(), alias, body.messages, system)
        return with_embedding(report, body.messages, alias, more)
