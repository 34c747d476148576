"""An OpenID Connect provider for one thing: a voice as the second factor of logins that exist.

A relying party sends people here after its own first factor, with a `login_hint` that it signed;
they say random digits, and go back with a code for an ID token that says `amr: ["vbm"]`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidClientError
from flask import Flask, Response, abort, jsonify, make_response, redirect, render_template, request

from oidc.discovery import metadata, public_keys
from oidc.grants import Provider
from oidc.hint import Person, read_hint
from oidc.once import OnceStore
from oidc.settings import Settings
from oidc.voice import MOST_BYTES, Voice, answers, members, passed_back
from oidc.words import words_for

FORWARDED = {("POST", "challenges"), ("PUT", "score")}
STEP_S, COOKIE = 600, "voice_step"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "microphone=(self)",
    "Referrer-Policy": "no-referrer",  # the address of the page holds the hint
    "X-Content-Type-Options": "nosniff",
}


class Step(NamedTuple):
    """One person on the way, by the id in the page's address and the secret in its own cookie."""

    key: str
    client: str
    request: Mapping[str, str]
    person: Person

    @property
    def challenge(self) -> str:
        """Return the key of its challenge, which is taken apart from it."""
        return f"challenge of {self.key}"


def create_app(environment: Mapping[str, str] = os.environ) -> Flask:
    """Return the provider.

    Raises:
        ValueError: a setting is missing or cannot be used.
    """
    settings = Settings.from_environment(environment)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    pages = _Pages(settings, Provider(app, settings, store := OnceStore(settings.database)), store)
    app.get("/.well-known/openid-configuration")(pages.discovery)
    app.get("/jwks.json")(pages.jwks)
    app.route("/authorize", methods=["GET", "POST"])(pages.authorize)
    app.get("/voice/static/<path:file>")(pages.voice.kit_file)
    app.get("/steps/<id>")(pages.step_page)
    app.route("/steps/<id>/<call>", methods=["POST", "PUT"])(pages.forward)
    app.post("/steps/<id>/given")(pages.voice_given)
    app.post("/steps/<id>/another-way")(pages.another_way)
    app.post("/token")(pages.token)
    app.register_error_handler(OAuth2Error, lambda error: pages.provider.handle_response(*error()))
    app.register_error_handler(403, _tell_end)
    app.register_error_handler(httpx.HTTPError, lambda _: ({"error": "Cepstra is away"}, 502))
    app.after_request(_add_headers)
    return app


class _Pages:
    """What the routes answer."""

    def __init__(self, settings: Settings, provider: Provider, store: OnceStore) -> None:
        self.voice, self.provider = Voice(settings), provider
        self._settings, self._store = settings, store

    def discovery(self) -> Response:
        """Tell relying parties what there is."""
        return jsonify(metadata(self._settings))

    def jwks(self) -> Response:
        """Tell the keys that check ID tokens."""
        return jsonify(public_keys(self._settings))

    def authorize(self) -> Any:
        """Ask the person whom the relying party names to speak."""
        asked: Mapping[str, str] = {}
        try:
            grant = self.provider.get_consent_grant()
            asked = grant.request.payload.data
            client = grant.request.client
            hint = asked.get("login_hint")
            person = read_hint(hint, client, self._settings.issuer, self._store)
        except OAuth2Error as error:
            if asked:  # the redirect_uri is the client's
                error.redirect_uri, error.state = asked["redirect_uri"], asked.get("state")
            return self.provider.handle_error_response(None, error)
        except ValueError:
            abort(400)  # Authlib cannot quote what was sent
        id, secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        kept = {"client": client.name, "request": dict(asked), "person": person}
        self._store.put("step", _key(id, secret), kept, STEP_S)
        page = redirect(f"/steps/{id}", 303)  # a hint works once, a page may be loaded again
        return self._with_cookie(make_response(page), id, secret)

    def step_page(self, id: str) -> str:
        """Ask for the voice, as often as the page is loaded while the step lasts."""
        step = self._step(id)
        told = {"client": step.client, "speaker": step.person.speaker, "step": id}
        return render_template("step.html", words=words_for(request.accept_languages), **told)

    def forward(self, id: str, call: str) -> Response:
        """Pass a call of the kit on, for the person of this page's step."""
        step = self._step(id)
        if (request.method, call) not in FORWARDED:
            abort(403)
        posed = self._store.look("challenge", step.challenge)
        if call == "score" and not answers(request, posed["id"] if posed else None):
            abort(403)
        reply = self.voice.forward(request, call, step.person.speaker)
        if call == "challenges" and reply.is_success:
            self._store.take("challenge", step.challenge)
            new = {"id": reply.json()["challenge"]}
            self._store.put("challenge", step.challenge, new, STEP_S)
        return passed_back(reply)

    def voice_given(self, id: str) -> Any:
        """Send whoever brings Cepstra's assertion back with a code; each challenge does it once."""
        step, given = self._step(id), members(request.get_data()) if request.is_json else {}
        assertion = given.get("assertion")
        posed = self._store.take("challenge", step.challenge)
        if posed is None or not self.voice.accepts(str(assertion), step.person, posed["id"]):
            abort(401)
        if self._store.take("step", step.key) is None:
            abort(401)
        call = self.provider.call("GET", step.request)
        grant = self.provider.get_authorization_grant(call)
        answer = self.provider.create_authorization_response(call, step.person, grant)
        return {"location": answer.location}

    def another_way(self, id: str) -> Any:
        """Send whoever will not speak back, to be offered the relying party's alternative."""
        step = self._step(id)
        self._store.take("step", step.key)
        address, state = step.request["redirect_uri"], step.request.get("state")
        error = AccessDeniedError("Another way was asked for", redirect_uri=address, state=state)
        return self.provider.handle_error_response(None, error)

    def token(self) -> Any:
        """Hand out the ID token for a code."""
        try:
            return self.provider.create_token_response()
        except ValueError:  # Authlib cannot read the client's name and secret
            raise InvalidClientError(status_code=401) from None

    def _step(self, id: str) -> Step:
        """Return a step of this browser; 403 without one, and for calls of other sites' pages."""
        site = request.headers.get("Sec-Fetch-Site", "none")
        is_own = request.method == "GET" or site in ("none", "same-origin")
        key = _key(id, request.cookies.get(COOKIE, ""))
        kept = self._store.look("step", key)
        if kept is None or not is_own:
            abort(403)
        return Step(key, kept["client"], kept["request"], Person(*kept["person"]))

    def _with_cookie(self, page: Response, id: str, secret: str) -> Response:
        """Give a step a cookie of its own, so that tabs opened together keep theirs."""
        page.set_cookie(
            COOKIE,
            secret,
            max_age=STEP_S,
            path=f"/steps/{id}",
            secure=self._settings.issuer.startswith("https"),
            httponly=True,
            samesite="Lax",
        )
        return page


def _key(id: str, secret: str) -> str:
    return f"{id} {secret}"


def _tell_end(_: Exception) -> tuple[str, int]:
    return render_template("over.html", words=words_for(request.accept_languages)), 403


def _add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
