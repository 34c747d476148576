"""POST /challenges: digits to say."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.body import refuse_body
from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service, known_caller
from cepstra.resources.schemas.challenge import ChallengeSchema, NewChallengeSchema
from cepstra.verification import challenges


class Challenges(Resource):  # type: ignore[misc]
    """Challenges for a speaker."""

    @Contract(ChallengeSchema, None, NewChallengeSchema, 201, (409,), scope="verify")
    def post(self, alias: str, digits: int | None = None) -> Any:
        """Get random digits to say within two minutes: one attempt, by this caller alone.

        Digits are those that the speaker enrolled; 409 where those are too few.
        """
        refuse_body("the address tells all: ?speaker=NAME&digits=4")
        return challenges.pose(current_service(), alias, known_caller().id, digits)
