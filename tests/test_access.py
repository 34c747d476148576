"""Every route asks for what it declares; no token, or a bad one, opens anything."""

from __future__ import annotations

import time

import jwt
import pytest
from caller_driver import HTTP, PASSWORD, bearer, create_account, make_key, run_cli, sign_in

from cepstra.api import ROUTES
from cepstra.verification.callers import KEY_SCOPES, SESSION_SCOPES
from cepstra.verification.signing import SigningKeys, fresh_key

pytestmark = pytest.mark.every_database

PUBLIC = {
    ("GET", "/doc"), ("GET", "/health"), ("GET", "/health/live"), ("GET", "/health/ready"),
    ("GET", "/session"), ("POST", "/session"), ("POST", "/user"), ("GET", "/.well-known/jwks.json"),
}  # fmt: skip
OPERATIONS = [
    pytest.param(verb, path, resource, id=f"{verb} {path}")
    for resource, paths in ROUTES
    for path in paths
    for verb in sorted(resource.methods)
]


def declared(resource: type, verb: str) -> tuple[str, ...]:
    """Return the scopes of which a token needs one."""
    return getattr(resource, verb.lower()).contract.scopes


CLOSED = [
    param for param in OPERATIONS if "public" not in declared(param.values[2], param.values[0])
]


@pytest.fixture(scope="module")
def tokens(guarded_server):
    """Return tokens by kind; ann and bob are people, all keys are backends."""
    for name in ("ann", "bob", "gone"):
        create_account(guarded_server, name)
    keys = SigningKeys.from_text(guarded_server.settings["SIGNING_KEYS"])
    good = sign_in(guarded_server, "ann")
    return {
        "ann": good,
        "bob": sign_in(guarded_server, "bob"),
        "backend": make_key(guarded_server),
        "unsigned": altered(good, key=None, algorithm="none"),
        "of another key": altered(good, key=fresh_key().private),
        "of another key with our id": altered(good, fresh_key().private, kid=keys.current.id),
        "by HMAC with the public key": altered(
            good, keys.current.public_jwk()["x"], kid=keys.current.id, algorithm="HS256"
        ),
        "expired": altered(good, keys.current.private, keys.current.id, exp=int(time.time()) - 1),
        "never expiring": altered(good, keys.current.private, keys.current.id, exp=None),
        "for somebody else": altered(good, keys.current.private, keys.current.id, aud="other"),
        "of another type": altered(good, keys.current.private, keys.current.id, typ="JWT"),
        "cut short": good[:-2],
        "with another payload": with_another_payload(good),
        "signed out": signed_out(guarded_server),
        "of a deleted account": of_a_deleted_account(guarded_server),
        "a revoked key": revoked_key(guarded_server),
        "an expired key": expired_key(guarded_server),
        "an unknown key": "cepstra_" + "x" * 43,
        "nonsense": "nonsense",
        "nothing": "x",
    }


def altered(token, key, kid=None, algorithm="EdDSA", typ="session+jwt", **claims):
    """Return the token with other claims (None: without), signed otherwise."""
    payload = {**jwt.decode(token, options={"verify_signature": False}), **claims}
    payload = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(payload, key, algorithm, headers={"kid": kid or "unknown", "typ": typ})


def with_another_payload(token):
    header, _, signature = token.split(".")
    payload = altered(token, "x" * 32, algorithm="HS256", sub="2").split(".")[1]
    return f"{header}.{payload}.{signature}"


def signed_out(server):
    token = sign_in(server, "ann")
    HTTP.delete(f"{server.url}/session", headers=bearer(token)).raise_for_status()
    return token


def of_a_deleted_account(server):
    token = sign_in(server, "gone")
    reply = HTTP.delete(f"{server.url}/delete", headers=bearer(token)).raise_for_status()
    assert reply.json() == {"deleted": True}
    return token


def revoked_key(server):
    """Return a key that was made, listed and revoked as an operator does it."""
    key = run_cli(server, "api-key", "create", "shop", "--scope", "verify", "--scope", "enrol")
    listed = run_cli(server, "api-key", "list").splitlines()[-1]
    number, *rest = listed.split("\t")
    assert rest == ["shop", "enrol verify", "no expiry"]
    assert run_cli(server, "api-key", "revoke", number) == f"key {number} is revoked"
    return key


def expired_key(server):
    key = make_key(server, days=1)
    server.database.execute(
        "UPDATE api_keys SET expires_at = '2020-01-01 00:00:00' WHERE expires_at IS NOT NULL"
    )
    return key


BAD_TOKENS = [
    "unsigned", "of another key", "of another key with our id", "by HMAC with the public key",
    "expired", "never expiring", "for somebody else", "of another type", "cut short",
    "with another payload", "signed out", "of a deleted account", "a revoked key",
    "an expired key", "an unknown key", "nonsense", "nothing",
]  # fmt: skip


def call(server, verb, path, headers=None, speaker="ann"):
    """Call a route for a speaker, with a body that no route accepts."""
    in_path = "<speaker>" in path
    query = {} if in_path or path in ("/speakers",) else {"speaker": speaker}
    return HTTP.request(
        verb,
        server.url + path.replace("<speaker>", speaker),
        params=query,
        headers=headers,
        json=None if verb in ("GET", "DELETE") else {"nothing": "of use"},
    )


def assert_refused(reply, status):
    assert reply.status_code == status, reply.text
    assert reply.json().keys() == {"code", "message", "description", "errors"}
    assert list(reply.json()["errors"]) == ["Authorization"]


@pytest.mark.parametrize(("verb", "path", "resource"), OPERATIONS)
def test_every_method_declares_its_scope(verb, path, resource):
    scopes = declared(resource, verb)
    assert scopes and {"public", "session", "metrics", *KEY_SCOPES}.issuperset(scopes)
    assert ("public" in scopes) == ((verb, path) in PUBLIC)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("verb", "path", "resource"), CLOSED)
def test_bad_tokens_open_nothing_and_are_all_told_the_same(
    guarded_server, tokens, verb, path, resource
):
    without = call(guarded_server, verb, path)
    assert_refused(without, 401)
    assert without.headers["WWW-Authenticate"].startswith("Bearer")
    for kind in BAD_TOKENS:
        reply = call(guarded_server, verb, path, bearer(tokens[kind]))
        assert_refused(reply, 401)
        assert reply.content == without.content, kind


def test_bad_tokens_are_bad_in_every_database(guarded_server, tokens):
    for kind in BAD_TOKENS:
        assert_refused(call(guarded_server, "GET", "/status", bearer(tokens[kind])), 401)


@pytest.mark.parametrize("scheme", ["Basic", "Token", "Bearer,"])
def test_a_good_token_in_another_scheme_opens_nothing(guarded_server, tokens, scheme):
    headers = {"Authorization": f"{scheme} {tokens['ann']}"}
    assert_refused(call(guarded_server, "GET", "/status", headers), 401)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("verb", "path", "resource"), CLOSED)
def test_a_person_reaches_their_own_speaker_only(guarded_server, tokens, verb, path, resource):
    others = [
        call(guarded_server, verb, path, bearer(tokens["bob"]), speaker)
        for speaker in ("ann", "nobody", "Bob", "")
        if speaker or "<speaker>" not in path
    ]
    concerns_a_speaker = path != "/speakers"
    if concerns_a_speaker or not SESSION_SCOPES.intersection(declared(resource, verb)):
        for reply in others:
            assert_refused(reply, 403)
            assert reply.content == others[0].content, "known and unknown speakers look the same"


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("verb", "path", "resource"), CLOSED)
@pytest.mark.parametrize("held", KEY_SCOPES)
def test_a_key_does_what_its_scopes_say(guarded_server, keys_by_scope, verb, path, resource, held):
    reply = call(guarded_server, verb, path, bearer(keys_by_scope[held]), "spare")
    if held in declared(resource, verb):
        assert reply.status_code not in (401, 403), reply.text
    else:
        assert_refused(reply, 403)
        assert f"got {held}" in reply.text


@pytest.fixture(scope="module")
def keys_by_scope(guarded_server):
    return {scope: make_key(guarded_server, scope) for scope in KEY_SCOPES}


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("verb", "path"), sorted(PUBLIC))
def test_what_is_public_needs_no_token_and_minds_no_bad_one(guarded_server, tokens, verb, path):
    for headers in ({}, bearer(tokens["nonsense"]), bearer(tokens["expired"])):
        reply = HTTP.request(verb, guarded_server.url + path, headers=headers)
        assert reply.status_code in (200, 415)


@pytest.mark.sqlite_is_enough
def test_nobody_is_admitted_to_what_declares_nothing(guarded_server, tokens):
    for path in ("/", "/static/js/main.js"):
        assert HTTP.get(guarded_server.url + path).status_code == 200
    assert HTTP.get(f"{guarded_server.url}/nowhere").status_code == 404
    assert HTTP.patch(f"{guarded_server.url}/status").status_code == 405


def test_default_is_the_speaker_of_the_session(guarded_server, tokens):
    def alias(query: str, kind: str = "ann") -> str:
        reply = HTTP.get(f"{guarded_server.url}/{query}", headers=bearer(tokens[kind]))
        return reply.raise_for_status().json()["alias"]

    assert alias("status") == "ann"
    assert alias("status?speaker=default") == "ann"
    assert alias("status?speaker=ann") == "ann"
    assert alias("speakers/default/status") == "ann"
    assert alias("status", "bob") == "bob"


@pytest.mark.sqlite_is_enough
def test_a_backend_has_to_name_the_speaker(guarded_server, tokens):
    reply = HTTP.get(f"{guarded_server.url}/status", headers=bearer(tokens["backend"]))
    assert reply.status_code == 400
    assert list(reply.json()["errors"]) == ["speaker"]


def test_the_session_says_who_it_is_and_until_when(guarded_server, tokens):
    url = f"{guarded_server.url}/session"
    own = HTTP.get(url, headers=bearer(tokens["ann"])).json()
    assert (own["auth"], own["speaker"]) == ("on", "ann")
    assert own["expires_at"] is not None
    nobodys = {"auth": "on", "registration": "open", "prompt_words": []}
    nobodys |= {"speaker": None, "expires_at": None}
    for kind in ("nonsense", "expired", "signed out", "backend"):
        assert HTTP.get(url, headers=bearer(tokens[kind])).json() == nobodys


def test_signing_in_tells_unknown_names_and_wrong_passwords_apart_for_nobody(guarded_server):
    replies = [
        HTTP.post(
            f"{guarded_server.url}/session", json={"name": name, "password": "not the password"}
        )
        for name in ("ann", "nobody", "spare")
    ]
    assert {reply.status_code for reply in replies} == {401}
    assert len({reply.content for reply in replies}) == 1
    assert len({tuple(sorted(set(reply.headers) - {"date"})) for reply in replies}) == 1


def test_a_speaker_that_is_there_cannot_be_claimed_by_a_new_account(guarded_server, tokens):
    backend = bearer(tokens["backend"])
    url = guarded_server.url
    HTTP.post(f"{url}/speakers", json={"alias": "enrolled"}, headers=backend).raise_for_status()
    for name in ("enrolled", "ann"):
        reply = HTTP.post(f"{url}/user", json={"name": name, "password": PASSWORD})
        assert (reply.status_code, list(reply.json()["errors"])) == (409, ["name"])


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"name": "default", "password": PASSWORD}, "name"),
        ({"name": "A/b", "password": PASSWORD}, "name"),
        ({"name": "a/b/c", "password": PASSWORD}, "name"),
        ({"password": PASSWORD}, "name"),
        ({"name": "new"}, "password"),
        ({"name": "new", "password": ""}, "password"),
        ({"name": "new", "password": "x" * 201}, "password"),
        ({"name": "new", "password": 1234567890}, "password"),
        ({"name": "new", "password": PASSWORD, "admin": True}, "admin"),
    ],
)
def test_credentials_that_are_none(guarded_server, credentials, field):
    for path in ("/user", "/session"):
        reply = HTTP.post(guarded_server.url + path, json=credentials)
        assert (reply.status_code, list(reply.json()["errors"])) == (400, [field])


def test_neither_keys_nor_passwords_nor_tokens_lie_in_the_database(guarded_server, tokens):
    dump = guarded_server.database.dump()
    for secret in (PASSWORD, tokens["backend"], tokens["ann"], tokens["ann"].split(".")[2]):
        assert secret.encode() not in dump
    assert b"$argon2id$" in dump


@pytest.mark.sqlite_is_enough
def test_without_auth_there_is_nothing_to_sign_in_to(live_server):
    for path in ("/user", "/session"):
        credentials = {"name": "ann", "password": PASSWORD}
        reply = HTTP.post(live_server.url + path, json=credentials)
        assert reply.status_code == 409
    assert HTTP.delete(f"{live_server.url}/session").status_code == 409
