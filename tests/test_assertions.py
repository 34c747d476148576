"""Assertions: what a relying party's backend believes, and what it does not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import jwt
import pytest
from caller_driver import HTTP, bearer, create_account, make_key, sign_in
from client_commands import Commands
from digit_speaker import OTHER_VOICE, VOICE, Speaker, joined, spoken
from surroundings import ROOT

from cepstra.verification.signing import SigningKeys, fresh_key

DOCUMENT = (ROOT / "docs" / "relying-party.md").read_text()


@pytest.fixture(scope="module")
def ann(guarded_server, shared_dir):
    return Speaker(guarded_server, "ann", shared_dir)


@pytest.fixture(scope="module")
def accepted(ann):
    reply = ann.answer_at_once(ann.challenge()).json()
    assert reply["decision"] == "accept"
    return reply


def signing_keys(server) -> SigningKeys:
    return SigningKeys.from_text(server.settings["SIGNING_KEYS"])


def read(server, token: str) -> dict:
    keys = jwt.PyJWKSet.from_dict(HTTP.get(f"{server.url}/.well-known/jwks.json").json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, ["EdDSA"], audience="relying-party", issuer="cepstra")


def test_an_accepted_attempt_is_signed(guarded_server, accepted):
    claims = read(guarded_server, accepted["assertion"])
    expected = {"sub": subject(guarded_server), "speaker": "ann", "decision": "accept"}
    assert claims.items() >= expected.items()
    assert claims["challenge"] == accepted["challenge"]
    assert claims["digits"] == 5
    assert (claims["llr"], accepted["llr"]) == (None, None), "a person's page learns no ratio"
    assert claims["exp"] - claims["iat"] == 60
    assert jwt.get_unverified_header(accepted["assertion"])["typ"] == "assertion+jwt"


def subject(server) -> str:
    """Return the immutable id of ann, as a backend learns it."""
    reply = HTTP.get(f"{server.url}/speakers/ann", headers=bearer(make_key(server, "verify")))
    return str(reply.raise_for_status().json()["subject"])


def test_the_subject_of_nobody_looks_like_any_other(guarded_server):
    key = bearer(make_key(guarded_server, "verify"))
    subjects = set()
    for _ in range(2):
        url = f"{guarded_server.url}/challenges?speaker=nobody"
        challenge = HTTP.post(url, headers=key).json()["challenge"]
        body = {"mfcc": [[1.0, 2.0]] * 9, "segments": [{"digit": 1, "frames": 9}]}
        url = f"{guarded_server.url}/score?speaker=nobody"
        reply = HTTP.put(url, json={**body, "challenge": challenge}, headers=key).json()
        subjects.add(read(guarded_server, reply["assertion"])["sub"])
    (nobodys,) = subjects
    assert re.fullmatch("[0-9a-f]{32}", nobodys)


def test_a_rejected_attempt_is_signed_as_such(guarded_server, ann):
    reply = ann.answer_at_once(ann.challenge(), voice=OTHER_VOICE).json()
    claims = read(guarded_server, reply["assertion"])
    assert (claims["decision"], claims["llr"]) == ("reject", None)


@pytest.mark.parametrize(("scopes", "tells"), [(["verify"], False), (["verify", "scores"], True)])
def test_how_close_an_attempt_came_is_told_to_keys_for_scores_alone(
    guarded_server, ann, scopes, tells
):
    key = bearer(make_key(guarded_server, *scopes))
    posed = HTTP.post(f"{guarded_server.url}/challenges?speaker=ann", headers=key).json()
    answer = joined(ann.say(posed["digits"]), posed["digits"]) | {"challenge": posed["challenge"]}
    url = f"{guarded_server.url}/score?speaker=ann"
    reply = HTTP.put(url, json=answer, headers=key).raise_for_status().json()
    llr = read(guarded_server, reply["assertion"])["llr"]
    assert reply["decision"] == "accept"
    assert (llr > 0 and llr % 0.5 == 0) if tells else llr is None


def test_there_is_none_before_the_last_digit_nor_without_a_challenge(ann):
    challenge = ann.challenge()
    first = ann.answer(challenge, challenge["digits"][:1]).json()
    assert first["assertion"] is None
    ann.put("/test", ann.say([1])[0]).raise_for_status()
    plain = ann.put("/score", ann.say([2])[0]).raise_for_status().json()
    assert "assertion" not in plain


def test_a_session_and_an_assertion_are_not_taken_for_each_other(guarded_server, ann, accepted):
    headers = bearer(accepted["assertion"])
    assert HTTP.get(f"{guarded_server.url}/status", headers=headers).status_code == 401
    with pytest.raises(jwt.InvalidTokenError):
        read(guarded_server, ann.token)


def test_the_public_keys_hold_nothing_private(guarded_server):
    keys = HTTP.get(f"{guarded_server.url}/.well-known/jwks.json").json()["keys"]
    assert [set(key) for key in keys] == [{"kty", "crv", "x", "kid", "alg", "use"}]
    assert (keys[0]["kty"], keys[0]["crv"], keys[0]["alg"]) == ("OKP", "Ed25519", "EdDSA")


def rotate(settings: dict) -> str:
    done = Commands(SIGNING_KEYS=settings["SIGNING_KEYS"]).run("rotate-key")
    return done.stdout.strip().removeprefix("SIGNING_KEYS=")


def test_after_a_rotation_old_signatures_hold_and_after_two_they_do_not(server_factory, auth_on):
    settings = dict(auth_on)
    first = server_factory(**settings)
    create_account(first, "ann")
    token = sign_in(first, "ann")
    first.stop()
    for expected in (200, 401):
        settings["SIGNING_KEYS"] = rotate(settings)
        server = server_factory(**settings)
        reply = HTTP.get(f"{server.url}/status", headers=bearer(token))
        assert reply.status_code == expected
        published = HTTP.get(f"{server.url}/.well-known/jwks.json").json()["keys"]
        assert len(published) == 2
        newest = jwt.get_unverified_header(sign_in(server, "ann"))["kid"]
        assert newest == published[0]["kid"]
        server.stop()


@pytest.fixture
def relying_party(guarded_server, ann, tmp_path):
    """Return the address of the document's backend, which really runs."""
    code = re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[1]
    statements = [line for line in code.splitlines() if line.strip()]
    assert len(statements) <= 24
    (tmp_path / "backend.py").write_text(code)
    environment = {**os.environ, "CEPSTRA_URL": guarded_server.url, "PYTHONPATH": str(tmp_path)}
    environment["ANN_SUBJECT"] = subject(guarded_server)
    command = [sys.executable, "-m", "gunicorn", "backend:app", "--bind=127.0.0.1:0"]
    command += ["-c", "/dev/null", "--log-level=info"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    )
    for line in process.stderr:
        if found := re.search(r"Listening at: (http://\S+)", line):
            break
    yield found[1]
    process.terminate()
    process.communicate(timeout=60)


def test_the_documents_backend_lets_in_whom_it_should(relying_party, guarded_server, accepted):
    challenge = accepted["challenge"]

    def knock(assertion: str, user: str = "ann", challenge: str = challenge) -> int:
        body = {"user": user, "challenge": challenge, "assertion": assertion}
        return HTTP.post(f"{relying_party}/second-factor", json=body).status_code

    key = signing_keys(guarded_server).current
    signed = jwt.decode(accepted["assertion"], options={"verify_signature": False})

    def forged(private=key.private, kid=key.id, algorithm="EdDSA", **claims) -> str:
        lasting = {**signed, "exp": int(time.time()) + 60}  # a busy machine needs more than 60 s
        return jwt.encode({**lasting, **claims}, private, algorithm, headers={"kid": kid})

    good = forged()

    assert knock(forged(decision="reject")) == 401
    assert knock(forged(decision="inconclusive")) == 401
    assert knock(forged(exp=int(time.time()) - 6)) == 401
    assert knock(forged(iat=int(time.time()) + 30)) == 401
    assert knock(forged(digits=4)) == 401
    assert knock(forged(sub="ann")) == 401, "a name is no subject"
    assert knock(forged(aud="somebody else")) == 401
    assert knock(forged(iss="somebody else")) == 401
    assert knock(forged(fresh_key().private)) == 401
    assert knock(forged(fresh_key().private, kid="unknown")) == 401
    assert knock(forged(None, algorithm="none")) == 401
    assert knock(good[:-3]) == 401
    assert knock(good, user="bob") == 401
    assert knock(good, challenge="of another login") == 401
    assert knock(forged(iat=int(time.time()) + 3, jti="clock 3 s behind")) == 200
    assert knock(good) == 200
    assert knock(good) == 401, "each assertion opens once"


def test_without_keys_attempts_end_without_an_assertion(live_server, shared_dir):
    def say(digit: int, take: int) -> dict:
        return spoken(shared_dir, VOICE, digit, take)

    for digit in range(10):
        message = {**say(digit, 0), "digit": digit}
        HTTP.put(f"{live_server.url}/train", json=message).raise_for_status()
    challenge = HTTP.post(f"{live_server.url}/challenges").json()
    digits = challenge["digits"]
    message = joined([say(digit, 1) for digit in digits], digits)
    message["challenge"] = challenge["challenge"]
    reply = HTTP.put(f"{live_server.url}/score", json=message).raise_for_status().json()
    assert (reply["decision"], reply["assertion"]) == ("accept", None)
    assert HTTP.get(f"{live_server.url}/.well-known/jwks.json").json() == {"keys": []}
