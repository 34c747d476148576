"""Cepstra, as seen by the provider: what it forwards, and the assertion that it believes."""

from __future__ import annotations

import json
import logging
import re
import zlib
from typing import Any

import httpx
import jwt
from flask import Request, Response

from oidc.hint import Person
from oidc.settings import Settings

KIT_FILE = re.compile(r"(js|vendor)(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
MOST_BYTES = 1024 * 1024
FEWEST_DIGITS = 5
CLAIMS = ["exp", "jti", "sub", "decision", "challenge", "digits"]
LEEWAY_S = 5
LOG = logging.getLogger(__name__)
PASSED_ON = ("Content-Type", "Content-Encoding")
PASSED_BACK = ("Content-Type", "Retry-After")


class Voice:
    """Forwards the kit's calls with the provider's API key; nothing of them is kept or logged."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http = httpx.Client(base_url=settings.cepstra_url, timeout=30)
        self._public_keys = jwt.PyJWKClient(f"{settings.cepstra_url}/.well-known/jwks.json")

    def forward(self, request: Request, call: str, speaker: str) -> httpx.Response:
        """Send a call of the page on, for that speaker whatever it names."""
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        headers["Authorization"] = f"Bearer {self._settings.cepstra_key}"
        return self._http.request(
            request.method,
            f"/{call}",
            params={**request.args, "speaker": speaker},
            headers=headers,
            content=request.get_data(),
        )

    def kit_file(self, file: str) -> Response:
        """Return a file of the kit; 404 for anything else."""
        if not KIT_FILE.fullmatch(file):
            return Response(status=404)
        return passed_back(self._http.get(f"/static/{file}"))

    def accepts(self, assertion: str, person: Person, challenge: str) -> bool:
        """Tell whether Cepstra signed that this person answered this challenge."""
        try:
            key = self._public_keys.get_signing_key_from_jwt(assertion)
            claims: dict[str, Any] = jwt.decode(
                assertion,
                key,
                ["EdDSA"],
                audience=self._settings.assertion_audience,
                issuer=self._settings.assertion_issuer,
                leeway=LEEWAY_S,
                options={"require": CLAIMS},
            )
        except (jwt.PyJWTError, ValueError) as error:  # the second of half a character
            LOG.warning("assertion not believed: %r", error)
            return False
        expected = {"sub": person.subject, "decision": "accept", "challenge": challenge}
        return claims.items() >= expected.items() and claims["digits"] >= FEWEST_DIGITS


def passed_back(reply: httpx.Response) -> Response:
    """Return a reply of Cepstra to the page, with how long it has to wait before it asks again."""
    headers = {name: reply.headers[name] for name in PASSED_BACK if name in reply.headers}
    return Response(reply.content, reply.status_code, headers)


def answers(request: Request, challenge: str | None) -> bool:
    """Tell whether a body answers that challenge; plain attempts are not passed on."""
    data = request.get_data()
    try:
        if request.headers.get("Content-Encoding") == "gzip":
            data = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, MOST_BYTES)
    except zlib.error:
        return False
    return challenge is not None and members(data).get("challenge") == challenge


def members(data: bytes) -> dict[str, Any]:
    """Return what a body's JSON object holds; nothing of any other body."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):  # the second of brackets within brackets
        return {}
    return body if isinstance(body, dict) else {}
