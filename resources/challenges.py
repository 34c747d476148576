"""POST /challenges: digits to say."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from resources.contract import contract
from resources.request_scope import current_alias, current_service, known_caller
from resources.schemas import AliasSchema, ChallengeSchema
from verification import challenges, lockout

challenge_schema = ChallengeSchema()


class Challenges(Resource):  # type: ignore[misc]
    """Challenges for a speaker."""

    @contract(ChallengeSchema, None, AliasSchema, 201, (400, 409, 429), scope="verify")
    def post(self) -> Any:
        """Get random digits to say within two minutes: one attempt, by this caller alone.

        Digits are those that the speaker enrolled; 409 where those are too few.
        """
        service, alias = current_service(), current_alias()
        lockout.check(service.store, "voice", alias)
        challenge = challenges.pose(service, alias, known_caller().id)
        return challenge_schema.dump(challenge), 201
