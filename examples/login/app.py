"""A login with the voice as its second factor: first the password, then five random digits.

The page talks to this backend alone. It forwards the voice's frames to Cepstra with its own API
key, for the person who has given the password, and believes nothing but the signed assertion.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import threading
import time
import zlib
from typing import Any, NamedTuple

import httpx
import jwt
from flask import Flask, Response, abort, redirect, render_template, request, session
from werkzeug.security import check_password_hash, generate_password_hash


class User(NamedTuple):
    """What you keep of a user; the subject is Cepstra's immutable id of the enrolled speaker."""

    password_hash: str
    subject: str


CEPSTRA_URL = os.environ["CEPSTRA_URL"].rstrip("/")
KEY = os.environ["CEPSTRA_KEY"]  # cepstra api-key create login --scope verify
USERS = {"ann": User(generate_password_hash("open sesame"), os.environ["ANN_SUBJECT"])}  # yours
NOBODY = User(generate_password_hash(os.urandom(16).hex()), "")  # takes as long to check

FORWARDED = {("POST", "challenges"), ("PUT", "score")}
KIT_FILE = re.compile(r"(js|vendor)(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
MOST_BYTES = 1024 * 1024
FEWEST_DIGITS = 5
CLAIMS = ["exp", "jti", "sub", "decision", "challenge", "digits"]
LEEWAY_S = 5  # clocks differ
MOST_WRONG, WRONG_S, LONGEST_NAME = 5, 900, 100
SESSION_S = 12 * 3600

# Tables, with more than one worker: what cannot be used again, and until when somebody could try
# (assertions by jti, sessions by id); names and times of wrong passwords.
used: dict[str, float] = {}
wrong: dict[str, list[float]] = {}
alone = threading.Lock()

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]  # for the cookie; the same in all workers
app.config.update(SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_HTTPONLY=True)
app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, PERMANENT_SESSION_LIFETIME=SESSION_S)
app.register_error_handler(httpx.HTTPError, lambda _: ({"error": "Cepstra is away"}, 502))
cepstra = httpx.Client(base_url=CEPSTRA_URL, timeout=30)
public_keys = jwt.PyJWKClient(f"{CEPSTRA_URL}/.well-known/jwks.json")


@app.before_request
def admit() -> None:
    """Refuse what a page of another site sends, and forget a session that was left."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method != "GET" and site not in ("none", "same-origin"):
        abort(403)
    if session.get("id") in used:
        session.clear()


@app.get("/")
def home() -> str:
    """Show the form, the voice check, or who is signed in."""
    return render_template("home.html", user=session.get("user"), pending=session.get("pending"))


@app.post("/password")
def give_password() -> Any:
    """Check the first factor; nobody is signed in by it alone."""
    name, password = request.form["name"], request.form["password"]
    if len(name) > LONGEST_NAME:
        abort(400)
    _count_try(name)  # before it is known whether it is wrong, so that many at once gain nothing
    if not check_password_hash(USERS.get(name, NOBODY).password_hash, password):
        abort(401)
    wrong.pop(name, None)
    _begin_session(pending=name)
    return redirect("/")


@app.route("/voice/<path:call>", methods=["POST", "PUT"])
def forward(call: str) -> Response:
    """Pass a call of the kit on, for whoever has given the password."""
    if "pending" not in session or (request.method, call) not in FORWARDED:
        abort(403)
    if call == "score" and not _answers(session.get("challenge")):
        abort(403)
    query = {**request.args, "speaker": session["pending"]}
    kept = ("Content-Type", "Content-Encoding")
    headers = {name: request.headers[name] for name in kept if name in request.headers}
    headers["Authorization"] = f"Bearer {KEY}"
    body = request.get_data()
    reply = cepstra.request(request.method, f"/{call}", params=query, headers=headers, content=body)
    if call == "challenges" and reply.is_success:
        session["challenge"] = reply.json()["challenge"]  # the assertion has to be about this one
    return _passed_back(reply)


@app.get("/voice/static/<path:file>")
def kit(file: str) -> Response:
    """Pass the kit's files on, so that the page needs no other origin."""
    if not KIT_FILE.fullmatch(file):
        abort(404)
    return _passed_back(cepstra.get(f"/static/{file}"))


@app.post("/second-factor")
def check_voice() -> Any:
    """Sign in whoever brings an assertion that Cepstra signed for this person and challenge."""
    pending, challenge = session.get("pending"), session.pop("challenge", None)
    token = str((_members(request.get_data()) if request.is_json else {}).get("assertion"))
    if pending not in USERS or challenge is None:
        abort(401)  # and Cepstra is asked for no key
    rules: dict[str, Any] = {"audience": "relying-party", "issuer": "cepstra"}
    rules |= {"options": {"require": CLAIMS}, "leeway": LEEWAY_S}
    try:
        key = public_keys.get_signing_key_from_jwt(token)
        claims = jwt.decode(token, key, ["EdDSA"], **rules)
    except (jwt.PyJWTError, ValueError):  # the second of half a character
        abort(401)
    expected = {"sub": USERS[pending].subject, "decision": "accept", "challenge": challenge}
    if not claims.items() >= expected.items():
        abort(401)
    if claims["digits"] < FEWEST_DIGITS or not _is_first_use(claims["jti"], claims["exp"]):
        abort(401)
    _begin_session(user=pending)
    return {"welcome": pending}


def _passed_back(reply: httpx.Response) -> Response:
    """Return Cepstra's reply to the page, with how long whoever is locked out has to wait."""
    kept = ("Content-Type", "Retry-After")
    headers = {name: reply.headers[name] for name in kept if name in reply.headers}
    return Response(reply.content, reply.status_code, headers)


def _begin_session(**told: str) -> None:
    """End the session before this one, for its cookie may have been kept, and begin another."""
    _end_session()
    session.update(id=secrets.token_hex(16), **told)


def _end_session() -> None:
    if "id" in session:
        _is_first_use(session["id"], time.time() + SESSION_S)
    session.clear()


def _count_try(name: str) -> None:
    """Refuse a name's sixth password within a quarter of an hour, whether anybody has the name."""
    now = time.time()
    with alone:
        for known in [known for known, tries in wrong.items() if tries[-1] < now - WRONG_S]:
            del wrong[known]
        tries = wrong.setdefault(name, [])
        if len(tries) >= MOST_WRONG:
            abort(429)
        tries.append(now)


def _answers(challenge: str | None) -> bool:
    """Tell whether the body answers the challenge of this login; plain attempts are not passed on.

    Whoever may try without a challenge finds out, attempt by attempt, what is accepted.
    """
    data = request.get_data()
    try:
        if request.headers.get("Content-Encoding") == "gzip":
            data = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, MOST_BYTES)
    except zlib.error:
        return False
    return challenge is not None and _members(data).get("challenge") == challenge


def _members(data: bytes) -> dict[str, Any]:
    """Return what a body's JSON object holds; nothing of any other body."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):  # the second of brackets within brackets
        return {}
    return body if isinstance(body, dict) else {}


def _is_first_use(jti: str, expires_at: float) -> bool:
    """Remember an id until it has expired; the cookie cannot, for old ones can be kept."""
    now = time.time()
    with alone:
        for known in [known for known, ends in used.items() if ends + LEEWAY_S < now]:
            del used[known]
        is_first = jti not in used
        used.setdefault(jti, expires_at)
    return is_first


@app.post("/leave")
def leave() -> Any:
    """Sign out, whoever kept the cookie."""
    _end_session()
    return redirect("/")
