"""What attempts cost and tell while auth is on: nobody climbs by asking again and again."""

from __future__ import annotations

import pytest
from caller_driver import HTTP, bearer, create_account, make_key, sign_in
from digit_speaker import OTHER_VOICE, Speaker, joined

pytestmark = pytest.mark.every_database

SCORES = ("llr", "probability", "average", "deviation", "min", "max", "score")


@pytest.fixture(scope="module")
def server(guarded_server):
    return guarded_server


@pytest.fixture(scope="module")
def ann(server, shared_dir):
    return Speaker(server, "ann", shared_dir)


def call(server, path: str, token: str, body: dict):
    return HTTP.put(server.url + path, json=body, headers=bearer(token)).raise_for_status().json()


def rejects(speaker: Speaker) -> int:
    url = f"{speaker.server.url}/status"
    count: int = HTTP.get(url, headers=bearer(speaker.token)).json()["rejects"]
    return count


@pytest.mark.sqlite_is_enough
def test_how_close_an_attempt_came_is_told_to_keys_with_the_scope_alone(server, ann):
    attempt = joined(ann.say(range(5)), range(5))
    asks = {
        "a person": ann.token,
        "a key": make_key(server, "verify"),
        "a key for scores": make_key(server, "verify", "scores"),
    }
    told = {who: call(server, "/score?speaker=ann", token, attempt) for who, token in asks.items()}
    for who in ("a person", "a key"):
        assert all(told[who][name] is None for name in SCORES), told[who]
        assert all(item["result"] is None for item in told[who]["scoring_log"])
    whole = told["a key for scores"]
    assert whole["llr"] > 0 and whole["llr"] % 0.5 == 0
    assert all(whole[name] % 0.5 == 0 for name in ("average", "deviation", "min", "max"))
    assert all(item["result"] % 5 == 0 for item in whole["scoring_log"])
    assert {reply["decision"] for reply in told.values()} == {"accept"}


@pytest.mark.sqlite_is_enough
def test_what_is_kept_tells_no_ratio_either(server, ann):
    status = HTTP.get(f"{server.url}/status", headers=bearer(ann.token)).json()
    assert status["scoring_log"] and {item["result"] for item in status["scoring_log"]} == {None}
    reference = ann.put("/test", ann.say([7])[0]).raise_for_status().json()
    assert reference["average"] is None


@pytest.mark.sqlite_is_enough
def test_what_is_handed_out_and_operators_see_tells_none_either(server, ann):
    url = server.url
    attempt = joined(ann.say(range(5)), range(5))
    call(server, "/score?speaker=ann", ann.token, attempt)
    exported = HTTP.get(f"{url}/export", headers=bearer(ann.token)).json()
    assert exported["scoring_log"] and {log["result"] for log in exported["scoring_log"]} == {None}
    for scopes, is_told in ((("admin",), False), (("admin", "scores"), True)):
        key = bearer(make_key(server, *scopes))
        tried = HTTP.get(f"{url}/intrusionTest?speaker=ann", headers=key).raise_for_status().json()
        own = tried["results"][0]
        assert bool(own["take_scores"]) == (own["result"] is not None) == is_told
        assert all(score % 0.5 == 0 for score in own["take_scores"])


@pytest.mark.sqlite_is_enough
def test_search_and_comparison_tell_no_ratio_either(server, ann):
    message = joined(ann.say(range(5)), range(5))
    for scopes, is_told in ((("identify",), False), (("identify", "scores"), True)):
        key = make_key(server, *scopes)
        found = call(server, "/identify", key, message)
        pair = call(server, "/compare", key, {"first": message, "second": message})
        assert found["decision"] == "identified" and pair["decision"] == "accept"
        told = (found["ranking"][0]["llr"], found["probability_none"], pair["llr"])
        assert all((value is not None) == is_told for value in told)


def test_only_a_challenged_accept_ends_the_row_and_too_little_counts(server, ann):
    ann.answer_at_once(ann.challenge())
    other = joined(ann.say(range(5), OTHER_VOICE), range(5))
    accepted = joined(ann.say(range(5)), range(5))
    few = {**other, "mfcc": other["mfcc"][::3]}
    few["segments"] = [{"digit": 0, "frames": len(few["mfcc"][:20])}]
    few["mfcc"] = few["mfcc"][:20]
    assert rejects(ann) == 0
    assert ann.put("/score", other).json()["decision"] == "reject"
    assert rejects(ann) == 1
    assert ann.put("/score", accepted).json()["decision"] == "accept"
    assert rejects(ann) == 1, "an accepted attempt sent again would clear it"
    assert ann.put("/score", few).json()["decision"] == "inconclusive"
    assert rejects(ann) == 2
    assert ann.answer_at_once(ann.challenge()).json()["decision"] == "accept"
    assert rejects(ann) == 0


def test_challenges_of_a_speaker_are_numbered_whoever_asks_and_whether_answered(
    server_factory, auth_on
):
    server = server_factory(**{**auth_on, "CHALLENGES_PER_HOUR": "3"})
    create_account(server, "bob")
    own, key = sign_in(server, "bob"), make_key(server, "verify")
    url = f"{server.url}/challenges?speaker="
    asked = [HTTP.post(url + "bob", headers=bearer(token)) for token in (own, key, own, key)]
    assert [reply.status_code for reply in asked] == [201, 201, 201, 429]
    assert list(asked[-1].json()["errors"]) == ["speaker"]
    assert 3500 < int(asked[-1].headers["Retry-After"]) <= 3600
    assert HTTP.post(url + "carl", headers=bearer(key)).status_code == 201
    server.database.execute("UPDATE lockouts SET locked_until = '2020-01-01 00:00:00'")
    assert HTTP.post(url + "bob", headers=bearer(own)).status_code == 201


@pytest.mark.sqlite_is_enough
def test_nobody_gets_fewer_digits_than_an_assertion_needs(server):
    key = bearer(make_key(server, "verify"))
    for wished, got in ((3, 5), (4, 5), (6, 6)):
        url = f"{server.url}/challenges?speaker=nobody&digits={wished}"
        assert len(HTTP.post(url, headers=key).json()["digits"]) == got


@pytest.mark.sqlite_is_enough
def test_searching_is_counted_for_the_caller(server_factory, auth_on):
    server = server_factory(**{**auth_on, "RATE_LIMIT_SEARCH": "2 per hour"})
    one, other = (bearer(make_key(server, "identify")) for _ in range(2))
    body = {"mfcc": [[1.0, 2.0]], "frontend": "nothing"}
    paths = ("/identify", "/compare", "/identify")
    asked = [HTTP.put(server.url + path, json=body, headers=one) for path in paths]
    assert [reply.status_code for reply in asked] == [400, 400, 429]
    assert HTTP.put(f"{server.url}/identify", json=body, headers=other).status_code == 400
