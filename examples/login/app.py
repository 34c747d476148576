"""A login with the voice as its second factor: first the password, then three random digits.

The page talks to this backend alone. It forwards the voice's frames to Cepstra with its own API
key, for the person who has given the password, and believes nothing but the signed assertion.
"""

from __future__ import annotations

import os
from typing import Any

import httpx
import jwt
from flask import Flask, Response, abort, redirect, render_template, request, session
from werkzeug.security import check_password_hash, generate_password_hash

CEPSTRA_URL = os.environ["CEPSTRA_URL"].rstrip("/")
KEY = os.environ["CEPSTRA_KEY"]  # cepstra api-key create login --scope verify
USERS = {"ann": generate_password_hash("open sesame")}  # yours

FORWARDED = {("POST", "challenges"), ("PUT", "score")}
FEWEST_DIGITS = 3
CLAIMS = ["exp", "jti", "sub", "decision", "challenge", "digits"]

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]  # for the cookie; the same in all workers
app.config.update(SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_HTTPONLY=True)
cepstra = httpx.Client(base_url=CEPSTRA_URL, timeout=30)
public_keys = jwt.PyJWKClient(f"{CEPSTRA_URL}/.well-known/jwks.json")


@app.get("/")
def home() -> str:
    """Show the form, the voice check, or who is signed in."""
    return render_template("home.html", user=session.get("user"), pending=session.get("pending"))


@app.post("/password")
def give_password() -> Any:
    """Check the first factor; nobody is signed in by it alone."""
    name, password = request.form["name"], request.form["password"]
    if not check_password_hash(USERS.get(name, ""), password):
        abort(401)
    session.clear()
    session["pending"] = name
    return redirect("/")


@app.route("/voice/<path:call>", methods=["POST", "PUT"])
def forward(call: str) -> Response:
    """Pass a call of the kit on, for whoever has given the password."""
    if "pending" not in session or (request.method, call) not in FORWARDED:
        abort(403)
    query = {**request.args, "speaker": session["pending"]}
    kept = ("Content-Type", "Content-Encoding")
    headers = {name: request.headers[name] for name in kept if name in request.headers}
    headers["Authorization"] = f"Bearer {KEY}"
    body = request.get_data()
    reply = cepstra.request(request.method, f"/{call}", params=query, headers=headers, content=body)
    if call == "challenges" and reply.is_success:
        session["challenge"] = reply.json()["challenge"]  # the assertion has to be about this one
    return Response(reply.content, reply.status_code, mimetype="application/json")


@app.get("/voice/static/<path:file>")
def kit(file: str) -> Response:
    """Pass the kit's files on, so that the page needs no other origin."""
    reply = cepstra.get(f"/static/{file}")
    return Response(reply.content, reply.status_code, mimetype=reply.headers["Content-Type"])


@app.post("/second-factor")
def check_voice() -> Any:
    """Sign in whoever brings an assertion that Cepstra signed for this person and challenge."""
    pending, challenge = session.get("pending"), session.pop("challenge", None)
    token = str((request.get_json(silent=True) or {}).get("assertion"))
    rules: dict[str, Any] = {"audience": "relying-party", "issuer": "cepstra"}
    try:
        key = public_keys.get_signing_key_from_jwt(token)
        claims = jwt.decode(token, key, ["EdDSA"], options={"require": CLAIMS}, **rules)
    except jwt.PyJWTError:
        abort(401)
    expected = {"sub": pending, "challenge": challenge, "decision": "accept"}
    if challenge is None or not claims.items() >= expected.items():
        abort(401)
    if claims["digits"] < FEWEST_DIGITS:
        abort(401)
    session.clear()
    session["user"] = pending
    return {"welcome": pending}


@app.post("/leave")
def leave() -> Any:
    """Sign out."""
    session.clear()
    return redirect("/")
