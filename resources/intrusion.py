"""GET /benchmark and /intrusionTest: the speaker against the others."""

from __future__ import annotations

from typing import Any, cast

from flask import request
from flask_restful import Resource

from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_alias, current_service
from cepstra.resources.schemas.identification import (
    BenchmarkSchema,
    IntrusionTestSchema,
    OthersSchema,
)
from cepstra.verification import intrusion

others_schema = OthersSchema()
benchmark_schema = BenchmarkSchema()
intrusion_test_schema = IntrusionTestSchema()


class Benchmark(Resource):  # type: ignore[misc]
    """Both ways: own speech on others' models, theirs on the own."""

    @contract(BenchmarkSchema, query=OthersSchema, errors=(400, 409), scope="admin")
    def get(self) -> Any:
        """Tell how much of the speech passes, each with the scored model's threshold."""
        alias = current_alias(query_schema=others_schema)
        results = intrusion.benchmark(current_service(), alias, _limit())
        return benchmark_schema.dump({"results": results})


class IntrusionTest(Resource):  # type: ignore[misc]
    """Others' speech on the own model."""

    @contract(IntrusionTestSchema, query=OthersSchema, errors=(400, 409), scope="admin")
    def get(self) -> Any:
        """Tell how much of the own and of others' speech passes the own model."""
        alias = current_alias(query_schema=others_schema)
        results = intrusion.intrusion_test(current_service(), alias, _limit())
        return intrusion_test_schema.dump({"results": results})


def _limit() -> int:
    return cast(int, others_schema.load(request.args.to_dict())["limit"])
