"""POST /challenges: digits to say."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_restful import Resource

from cepstra.resources.body import refuse_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service, known_caller
from cepstra.resources.schemas import ChallengeSchema, NewChallengeSchema
from cepstra.verification import challenges, lockout, speakers

challenge_schema = ChallengeSchema()
new_challenge_schema = NewChallengeSchema()


class Challenges(Resource):  # type: ignore[misc]
    """Challenges for a speaker."""

    @contract(ChallengeSchema, None, NewChallengeSchema, 201, (400, 409, 429), scope="verify")
    def post(self) -> Any:
        """Get random digits to say within two minutes: one attempt, by this caller alone.

        Digits are those that the speaker enrolled; 409 where those are too few.
        """
        refuse_body("the address tells all: ?speaker=NAME&digits=4")
        service, alias = current_service(), current_alias(query_schema=new_challenge_schema)
        lockout.check(service.store, "voice", alias)
        wished = new_challenge_schema.load(request.args.to_dict()).get("digits")
        challenge = challenges.pose(service, alias, known_caller().id, wished)
        wanted = speakers.wanted_features(service, alias)
        return challenge_schema.dump({**vars(challenge), "wanted_features": wanted}), 201
