"""Embedding and cosine in replies, for those who ask and may know."""

import numpy as np
import pytest
from caller_driver import HTTP, bearer, make_key
from example_messages import OTHER, TEST, TRAIN

ASKED = {"with": "embedding"}


def put(http, path: str, body: dict, **query: str) -> dict:
    return http.put(path, params=query, json=body).raise_for_status().json()


@pytest.fixture
def two(http):
    for name, message in (("ann", TRAIN), ("george", OTHER)):
        put(http, "/train", message, speaker=name)
    return http


def test_the_cosine_is_that_of_the_embeddings_in_every_reply(two):
    own = put(two, "/score", TEST, speaker="ann", **ASKED)
    strange = put(two, "/speakers/george/score", TEST, **ASKED)
    ranked = put(two, "/identify", TEST, **ASKED)
    recognised = put(two, "/recognise", TEST, speaker="ann", **ASKED)
    pair = put(two, "/compare", {"first": TEST, "second": TRAIN}, **ASKED)
    assert np.linalg.norm(own["embedding"]) == pytest.approx(1.0, abs=1e-5)
    for reply in (strange, ranked, recognised):
        assert reply["embedding"] == own["embedding"]
    assert pair["embeddings"][0] == own["embedding"]
    assert pair["cosine"] == pytest.approx(np.dot(*pair["embeddings"]), abs=1e-6)
    of_take = put(two, "/score", TRAIN, speaker="ann", **ASKED)["embedding"]
    assert own["cosine"] == pytest.approx(np.dot(own["embedding"], of_take), abs=1e-3)
    cosines = {rank["alias"]: rank["cosine"] for rank in ranked["ranking"]}
    assert cosines == {"ann": own["cosine"], "george": strange["cosine"]}
    assert own["cosine"] > 0.4 > strange["cosine"]


def test_nobody_who_does_not_ask_gets_it(two):
    plain = put(two, "/score", TEST, speaker="ann")
    assert (plain["cosine"], plain["embedding"]) == (None, None)
    assert put(two, "/identify", TEST)["embedding"] is None
    for wrong in ({"with": "sound"}, {"with": ""}):
        refused = two.put("/score", params={"speaker": "ann", **wrong}, json=TEST)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["with"])


def test_it_needs_the_scope_scores_and_then_comes_in_steps(guarded_server):
    def score(*scopes: str):
        key = bearer(make_key(guarded_server, "enrol", "verify", *scopes))
        HTTP.put(f"{guarded_server.url}/train?speaker=ann", json=TRAIN, headers=key)
        query = {"speaker": "ann", **ASKED}
        return HTTP.put(f"{guarded_server.url}/score", params=query, json=TEST, headers=key)

    refused = score()
    assert (refused.status_code, list(refused.json()["errors"])) == (403, ["with"])
    told = score("scores").raise_for_status().json()
    assert told["cosine"] == round(told["cosine"], 1)
    assert len(told["embedding"]) > 100
