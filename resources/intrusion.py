"""GET /benchmark and /intrusionTest: the speaker against the others."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import current_service
from cepstra.resources.schemas.identification import (
    BenchmarkSchema,
    IntrusionTestSchema,
    OthersSchema,
)
from cepstra.verification import intrusion


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
