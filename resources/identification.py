"""Whose voice it is: PUT /identify, PUT /recognise; and PUT /compare, whether two are one."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.asked_embedding import check_asked, of_two, with_embeddings
from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.attempt import AttemptSchema
from cepstra.resources.schemas.identification import (
    BenchmarkSchema,
    ComparisonSchema,
    IdentificationSchema,
    IntrusionTestSchema,
    OthersSchema,
    RecognisedSchema,
    RecognitionSchema,
    SameVoiceSchema,
    TopSchema,
)
from cepstra.resources.schemas.score import WithSchema
from cepstra.verification import intrusion
from cepstra.verification.comparison import compare
from cepstra.verification.identification import identify
from cepstra.verification.recognition import recognise


class Identify(Resource):  # type: ignore[misc]
    """Attempts of an unnamed speaker."""

    @Contract(IdentificationSchema, AttemptSchema, TopSchema, scope="identify", tells_scores=True)
    def put(self, body: Any, top: int, more: str | None = None) -> Any:
        """Rank the enrolled speakers and name one, or none of them; nothing is kept."""
        check_asked(more)
        report = identify(current_service(), body, top)
        return with_embeddings(report, body, more)


class Recognise(Resource):  # type: ignore[misc]
    """Speech of a speaker whom its sender names."""

    @Contract(
        RecognitionSchema,
        AttemptSchema,
        RecognisedSchema,
        errors=(409,),
        scope="admin",
        tells_scores=True,
    )
    def put(self, alias: str, body: Any, re_register: bool, more: str | None = None) -> Any:
        """Identify the speaker by voice, and register who is new under the name."""
        check_asked(more)
        report = recognise(current_service(), alias, body, re_register=re_register)
        return with_embeddings(report, body, more)


class Compare(Resource):  # type: ignore[misc]
    """Two attempts of anybody."""

    @Contract(
        SameVoiceSchema,
        ComparisonSchema,
        WithSchema,
        errors=(409,),
        scope="identify",
        tells_scores=True,
    )
    def put(self, body: dict[str, Any], more: str | None = None) -> Any:
        """Say whether two attempts are one voice; nobody is enrolled and nothing is kept."""
        check_asked(more)
        report = compare(current_service(), body["first"], body["second"])
        return of_two(report, (body["first"], body["second"]), more)


class Benchmark(Resource):  # type: ignore[misc]
    """Both ways: own speech on others' models, theirs on the own."""

    @Contract(BenchmarkSchema, query=OthersSchema, errors=(409,), scope="admin", tells_scores=True)
    def get(self, alias: str, limit: int) -> Any:
        """Tell how much of the speech passes, each with the scored model's threshold."""
        return {"results": intrusion.benchmark(current_service(), alias, limit)}


class IntrusionTest(Resource):  # type: ignore[misc]
    """Others' speech on the own model."""

    @Contract(
        IntrusionTestSchema, query=OthersSchema, errors=(409,), scope="admin", tells_scores=True
    )
    def get(self, alias: str, limit: int) -> Any:
        """Tell how much of the own and of others' speech passes the own model."""
        return {"results": intrusion.intrusion_test(current_service(), alias, limit)}
