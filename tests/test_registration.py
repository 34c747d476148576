"""Who gets a name, and that nobody is ever taken for somebody else who had it."""

from __future__ import annotations

import jwt
import pytest
from caller_driver import HTTP, PASSWORD, bearer, create_account, make_key, run_cli, sign_in
from example_messages import TRAIN, part

from cepstra.verification.signing import fresh_key

pytestmark = pytest.mark.every_database


@pytest.fixture(scope="module")
def server(serve, auth_on):
    """Return a server with auth on, set up as make-secrets leaves it: nobody may register."""
    return serve(**{name: text for name, text in auth_on.items() if name != "REGISTRATION"})


def register(server, name: str, token: str | None = None, **more: str):
    body = {"name": name, "password": PASSWORD, **more}
    return HTTP.post(f"{server.url}/user", json=body, headers=bearer(token) if token else {})


def assert_refused(reply, status: int, field: str) -> None:
    assert (reply.status_code, list(reply.json()["errors"])) == (status, [field]), reply.text


def take(start: int = 0) -> dict:
    return {**part(TRAIN, start, start + 40), "digit": 1}


def train(server, token: str, speaker: str, start: int = 0):
    url = f"{server.url}/speakers/{speaker}/train"
    return HTTP.put(url, json=take(start), headers=bearer(token))


def delete(server, token: str, speaker: str) -> None:
    url = f"{server.url}/speakers/{speaker}"
    HTTP.delete(url, headers=bearer(token)).raise_for_status()


def test_nobody_registers_uninvited(server):
    assert HTTP.get(f"{server.url}/session").json()["registration"] == "invited"
    assert_refused(register(server, "customer"), 403, "invitation")
    assert_refused(register(server, "customer", make_key(server, "enrol")), 403, "invitation")
    assert (
        HTTP.post(
            f"{server.url}/session", json={"name": "customer", "password": PASSWORD}
        ).status_code
        == 401
    )


def test_whether_a_name_is_taken_is_told_to_nobody_uninvited(server):
    train(server, make_key(server), "known").raise_for_status()
    replies = [register(server, name) for name in ("known", "unknown")]
    assert replies[0].content == replies[1].content


def test_an_administrator_s_key_makes_accounts(server):
    assert register(server, "by-key", make_key(server, "admin")).status_code == 201
    sign_in(server, "by-key")


def test_an_invitation_makes_its_account_once(server):
    invitation = run_cli(server, "invite", "ann")
    assert_refused(register(server, "eve", invitation=invitation), 403, "invitation")
    assert register(server, "ann", invitation=invitation).status_code == 201
    assert_refused(register(server, "ann", invitation=invitation), 409, "name")
    delete(server, sign_in(server, "ann"), "ann")
    assert_refused(register(server, "ann", invitation=invitation), 409, "name")


@pytest.mark.parametrize("kind", ["nonsense", "of another key", "a session", "expired", "unsigned"])
def test_what_is_no_invitation(server, kind):
    good = run_cli(server, "invite", "mallory")
    claims = jwt.decode(good, options={"verify_signature": False})
    header = jwt.get_unverified_header(good)
    create_account_by_key(server, "mallory-2")
    bad = {
        "nonsense": "x",
        "of another key": jwt.encode(claims, fresh_key().private, "EdDSA", headers=header),
        "a session": sign_in(server, "mallory-2"),
        "expired": jwt.encode({**claims, "exp": 1}, own_key(server), "EdDSA", headers=header),
        "unsigned": jwt.encode(claims, None, "none", headers={**header, "alg": "none"}),
    }[kind]
    assert_refused(register(server, "mallory", invitation=bad), 403, "invitation")


def own_key(server):
    from cepstra.verification.signing import SigningKeys

    return SigningKeys.from_text(server.settings["SIGNING_KEYS"]).current.private


def create_account_by_key(server, name: str) -> None:
    reply = register(server, name, make_key(server, "admin"))
    assert reply.status_code in (201, 409)


def test_a_backend_adds_nothing_to_a_person_s_speaker(guarded_server):
    create_account(guarded_server, "person")
    key = make_key(guarded_server)
    assert_refused(train(guarded_server, key, "person"), 403, "speaker")
    own = sign_in(guarded_server, "person")
    for start in (0, 60):
        train(guarded_server, own, "person", start).raise_for_status()
    url = f"{guarded_server.url}/speakers/person"
    refused = [
        train(guarded_server, key, "person", 120),
        HTTP.put(f"{url}/test", json=take(180), headers=bearer(key)),
        HTTP.post(f"{url}/consent", json={"version": "1"}, headers=bearer(key)),
        HTTP.get(f"{url}/export", headers=bearer(key)),
        HTTP.delete(f"{url}/takes/take-1", headers=bearer(key)),
        HTTP.delete(f"{url}/devices/phone", headers=bearer(key)),
    ]
    for reply in refused:
        assert_refused(reply, 403, "speaker")
    kept = HTTP.get(f"{url}/status", headers=bearer(own)).json()
    assert len(kept["training_log"]) == 2


def test_a_name_that_a_person_had_is_given_to_nobody(guarded_server):
    create_account(guarded_server, "leaver")
    key = make_key(guarded_server)
    delete(guarded_server, sign_in(guarded_server, "leaver"), "leaver")
    assert_refused(register(guarded_server, "leaver"), 409, "name")
    assert_refused(train(guarded_server, key, "leaver"), 409, "speaker")
    made = HTTP.post(
        f"{guarded_server.url}/speakers", json={"alias": "leaver"}, headers=bearer(key)
    )
    assert_refused(made, 409, "speaker")
    assert HTTP.get(f"{guarded_server.url}/speakers/leaver", headers=bearer(key)).status_code == 404


def test_a_deletion_by_a_backend_adopts_nothing(guarded_server):
    create_account(guarded_server, "victim")
    key = make_key(guarded_server)
    delete(guarded_server, key, "victim")
    assert_refused(train(guarded_server, key, "victim"), 409, "speaker")


def test_a_backend_s_name_is_its_own_again_and_no_person_s(guarded_server):
    key = make_key(guarded_server)
    train(guarded_server, key, "shopper").raise_for_status()
    before = subject(guarded_server, key, "shopper")
    delete(guarded_server, key, "shopper")
    assert_refused(register(guarded_server, "shopper"), 409, "name")
    train(guarded_server, key, "shopper").raise_for_status()
    after = subject(guarded_server, key, "shopper")
    assert len(before) == len(after) == 32 and before != after


def test_the_name_of_who_is_gone_cannot_be_read_in_the_database(guarded_server):
    key = make_key(guarded_server)
    train(guarded_server, key, "nobody-can-read-this").raise_for_status()
    delete(guarded_server, key, "nobody-can-read-this")
    guarded_server.database.execute("SELECT count(*) FROM retired_names")
    rows = guarded_server.database.execute("SELECT * FROM retired_names")
    assert rows and not any("nobody-can" in str(row) for row in rows)


def subject(server, key: str, speaker: str) -> str:
    url = f"{server.url}/speakers/{speaker}"
    text: str = HTTP.get(url, headers=bearer(key)).raise_for_status().json()["subject"]
    return text
