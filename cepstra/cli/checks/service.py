"""The service: whether it answers, who else has its port, and whether it takes the token."""

from __future__ import annotations

import json
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable
from http.client import HTTPException
from urllib.parse import urlsplit

from cepstra.cli.checks.finding import Finding, note, ok, wrong
from cepstra.cli.checks.installation import IS_CHECKOUT

TIMEOUT_S = 5
START = "make run, or cepstra serve" if IS_CHECKOUT else "start it: cepstra serve, or its container"
TOKEN_MEND = "cepstra api-key create NAME --scope ..., or sign in again; then --token TOKEN"


def check_service(url: str | None, token: str | None) -> Iterable[Finding]:
    """It is up, it is ours, and it takes the token.

    Args:
        url: the service; that of HOST and PORT when omitted, which need not run then.
        token: sent as it would be with other calls.
    """
    address = url or _own_address()
    if not is_address(address):
        mend = "set --url or CEPSTRA_URL to http://HOST:PORT" if url else "see settings"
        return [wrong("service", f"{address} is no address", mend)]
    address = address.rstrip("/")
    try:
        status, text = _get(f"{address}/health", None)
    except (OSError, HTTPException) as error:
        return [_silent(address, error, is_wanted=url is not None)]
    if not _is_health(text):
        return [_stranger(address, f"answers /health with {status} and no health of ours")]
    if status != 200:
        return [wrong("service", f"{address} is up, but its store does not answer", START)]
    return [ok("service", f"{address} is up"), *_check_token(address, token)]


def is_address(url: str) -> bool:
    """Tell whether a service can be asked for at a URL."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of the port, or of an IPv6 address
        return False


def is_token(text: str) -> bool:
    """Tell whether a text can be sent as a token: visible characters of ASCII."""
    return text.isascii() and text.isprintable() and " " not in text


def _own_address() -> str:
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "5000")
    here = "127.0.0.1" if host in ("0.0.0.0", "::") else host.strip("[]")
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def _get(url: str, token: str | None) -> tuple[int, str]:
    headers = {"Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as reply:
            return reply.status, reply.read(100_000).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(100_000).decode("utf-8", "replace")


def _is_health(text: str) -> bool:
    try:
        reply = json.loads(text)
    except ValueError:
        return False
    return isinstance(reply, dict) and ("status" in reply or {"code", "message"} <= reply.keys())


def _silent(address: str, error: Exception, is_wanted: bool) -> Finding:
    if _is_listening(address):
        return _stranger(address, "is taken, and what listens there speaks no HTTP in time")
    if not is_wanted:
        return note("service", f"{address} is not up", START)
    reason = getattr(error, "reason", error)
    return wrong("service", f"{address} is down ({reason})", f"there, {START}")


def _stranger(address: str, what: str) -> Finding:
    mend = "end the other program, or choose another port: PORT=5001 make run"
    return wrong("service", f"{address} {what}: another program has the port", mend)


def _is_listening(address: str) -> bool:
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), TIMEOUT_S).close()
    except OSError:
        return False
    return True


def _check_token(address: str, token: str | None) -> Iterable[Finding]:
    if json.loads(_get(f"{address}/session", None)[1]).get("auth") == "off":
        return [ok("token", "none is needed")]
    if not token:
        return [note("token", f"{address} asks who calls, and no token was given", TOKEN_MEND)]
    if not is_token(token):
        return [wrong("token", "it holds characters that none has", TOKEN_MEND)]
    status, _ = _get(f"{address}/speakers", token)
    if status == 401:
        return [wrong("token", f"{address} does not know it, or it has expired", TOKEN_MEND)]
    return [ok("token", f"{address} knows it")]
