"""The service keeps to its OpenAPI document, whatever is sent; and its memory stays flat.

CEPSTRA_CONTRACT_REQUESTS sets how many requests are made (`make contract` makes 10,000).
"""

from __future__ import annotations

import os
from itertools import pairwise

import psutil
import pytest
import schemathesis
from caller_driver import HTTP, bearer, make_key
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

N_ROUNDS = 3
REQUESTS = int(os.environ.get("CEPSTRA_CONTRACT_REQUESTS", "300"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MAX_GROWTH_BYTES = 6 * 1024 * 1024


@pytest.fixture
def document(guarded_server) -> dict:
    return HTTP.get(f"{guarded_server.url}/doc").raise_for_status().json()


def memory_bytes(server) -> int:
    return sum(worker.memory_info().rss for worker in psutil.Process(server.process.pid).children())


def send(server, operation, mode: GenerationMode, headers: dict, n_requests: int) -> int:
    """Make requests of an operation, check every reply, and return how many there were."""
    made = 0

    @seed(2)
    @settings(
        max_examples=n_requests,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        nonlocal made
        made += 1
        reply = case.call(base_url=server.url, headers=headers, timeout=60)
        case.validate_response(reply, checks=CHECKS)

    check()
    return made


def test_nothing_that_is_sent_breaks_the_service_or_its_contract(guarded_server, document):
    headers = bearer(make_key(guarded_server))
    operations = [found.ok() for found in from_dict(document).get_all_operations()]
    open_to_nonsense = [operation for operation in operations if takes_anything(operation)]
    of_mode = {GenerationMode.POSITIVE: operations, GenerationMode.NEGATIVE: open_to_nonsense}
    n_each = 1 + REQUESTS // (N_ROUNDS * sum(map(len, of_mode.values())))
    made, sizes = 0, []
    for _ in range(N_ROUNDS):
        for mode, asked in of_mode.items():
            for operation in asked:
                made += send(guarded_server, operation, mode, headers, n_each)
        sizes.append(memory_bytes(guarded_server))
    print(f"{made} requests; memory of the worker after each round: {sizes}")
    assert made >= min(REQUESTS // 2, 100)
    growths = [after - before for before, after in pairwise(sizes)]
    # A leak grows in every round; what a thread keeps of its first password hash (19 MiB) in one.
    assert min(growths) < MAX_GROWTH_BYTES


def takes_anything(operation) -> bool:
    return bool(operation.body or operation.query or operation.path_parameters)


def test_the_document_says_of_every_call_what_it_needs(document):
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    identifiers = []
    for path, operations in document["paths"].items():
        for operation in operations.values():
            identifiers.append(operation["operationId"])
            assert operation["summary"].endswith(".")
            replies = operation["responses"]
            if operation["security"]:
                assert {"401", "403", "429"} <= set(replies), path
                assert operation["security"][0]["token"][0] in {
                    "session", "enrol", "verify", "identify", "admin", "metrics",
                }  # fmt: skip
            assert all("content" in reply for reply in replies.values())
            assert ("{" in path) == any(p["in"] == "path" for p in operation["parameters"])
    assert len(set(identifiers)) == len(identifiers)
