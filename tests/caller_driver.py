"""Callers of a server with auth on, as backends and people are; for tests."""

from __future__ import annotations

import time
from typing import Any

import httpx
import jwt
from client_commands import Commands

from cepstra.verification import api_keys
from cepstra.verification.signing import SigningKeys

PASSWORD = "correct horse battery"
SCOPES = ("enrol", "verify", "identify", "scores", "admin")
TLS = httpx.create_ssl_context()  # else each new client reads the certificates again
# Keeps no connection, for which a server that stops would wait two seconds.
HTTP = httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0), verify=TLS)


def bearer(token: str) -> dict[str, str]:
    """Return the header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def run_cli(server: Any, *arguments: str) -> str:
    """Run a command on the server's database and return what it prints."""
    done = Commands(**{**server.database.settings, **server.settings}).run(*arguments)
    assert done.exit_code == 0, done.stderr
    return done.stdout.strip()


def make_key(server: Any, *scopes: str, days: int | None = None, tenant: str = "") -> str:
    """Return a new API key with those scopes, with all of them where none is named."""
    store = server.database.open_as_it_is().of_tenant(tenant)
    try:
        return api_keys.create(store, "test", scopes or SCOPES, days).key
    finally:
        store.close()


class Caller:
    """Calls a server with a token."""

    def __init__(self, server: Any, token: str) -> None:
        self._url, self._headers = server.url, bearer(token)

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """Return whatever the server replies."""
        url = self._url + path
        return HTTP.request(method, url, json=body, params=query, headers=self._headers)

    def __call__(
        self, method: str, path: str, body: Any = None, expected: int | None = None, **query: Any
    ) -> Any:
        """Return the reply, read; its status is the expected one, without one a success."""
        reply = self.ask(method, path, body, **query)
        is_as_expected = reply.is_success if expected is None else reply.status_code == expected
        assert is_as_expected, reply.text
        return reply.json() if "json" in reply.headers["Content-Type"] else reply.text


def create_account(server: Any, name: str) -> None:
    """Create an account with PASSWORD."""
    credentials = {"name": name, "password": PASSWORD}
    HTTP.post(f"{server.url}/user", json=credentials).raise_for_status()


def sign_in(server: Any, name: str) -> str:
    """Return a session's token of an account with PASSWORD."""
    credentials = {"name": name, "password": PASSWORD}
    reply = HTTP.post(f"{server.url}/session", json=credentials)
    token: str = reply.raise_for_status().json()["token"]
    return token


def older(server: Any, token: str, seconds: int) -> str:
    """Return the token as if it had been given so many seconds ago, or by a clock ahead."""
    key = SigningKeys.from_text(server.settings["SIGNING_KEYS"]).current
    claims = jwt.decode(token, options={"verify_signature": False})
    claims["iat"] = int(time.time()) - seconds
    headers = {"kid": key.id, "typ": "session+jwt"}
    return jwt.encode(claims, key.private, "EdDSA", headers=headers)
