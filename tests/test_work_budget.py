"""No call is long, and no caller has the processor for long."""

from __future__ import annotations

import time

import numpy as np
import pytest
from caller_driver import HTTP, bearer, make_key

from cepstra.store.takes import Take
from cepstra.verification.gmm_verifier import GmmVerifier

MOST_S = 2.0


def test_the_longest_enrolment_of_the_classic_design_is_short():
    random = np.random.default_rng(0)
    GmmVerifier().build([Take("train", 1, 0, random.normal(size=(50, 40)))])  # imports
    takes = [Take("train", 1, n, random.normal(size=(2000, 40))) for n in range(60)]
    began = time.process_time()
    built = GmmVerifier().build(takes)
    assert time.process_time() - began < MOST_S  # the last of sixty took 15 s
    assert built.summary["train_data_length"] == 30 * 2000


@pytest.mark.parametrize("path", ["/compare", "/identify", "/score"])
def test_what_a_message_holds_is_bounded(module_server, path):
    segments = [{"digit": 1, "frames": 1}] * 121
    message = {"mfcc": [[1.0] * 20] * 121, "segments": segments, "frontend": "meyda-16k-1"}
    body = {"first": message, "second": message} if path == "/compare" else message
    reply = HTTP.put(module_server.url + path, json=body)
    assert reply.status_code == 400
    assert all(name.endswith("segments") for name in reply.json()["errors"])


def test_a_caller_who_used_the_processor_too_long_waits(server_factory, auth_on):
    server = server_factory(**{**auth_on, "RATE_LIMIT_WORK": "150 per minute"})
    greedy, other = (bearer(make_key(server)) for _ in range(2))
    message = {"mfcc": np.random.default_rng(0).normal(size=(400, 20)).tolist()}
    url = f"{server.url}/train?speaker=ann"
    replies = [HTTP.put(url, json=message, headers=greedy)]
    while replies[-1].status_code == 200 and len(replies) < 50:
        replies.append(HTTP.put(url, json=message, headers=greedy))
    assert replies[-1].status_code == 429
    assert 0 < int(replies[-1].headers["Retry-After"]) <= 60
    status = f"{server.url}/status?speaker=ann"
    assert HTTP.get(status, headers=greedy).status_code == 429
    assert HTTP.get(status, headers=other).status_code == 200
