"""Who is answered: with auth on callers by scope, with auth off this machine only."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import current_app, g, request

from cepstra.config import is_loopback
from cepstra.resources.contract import Contract
from cepstra.resources.errors import FieldError
from cepstra.resources.request_scope import (
    FILE_ENDPOINTS,
    current_config,
    current_service,
    current_sessions,
    named_speaker,
)
from cepstra.verification import api_keys
from cepstra.verification.callers import METRICS_READER, Caller, Scope

OPEN_ENDPOINTS = ("page", *FILE_ENDPOINTS)
FORWARDING_HEADERS = (
    ("Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP")
    + ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port")
    + ("X-Forwarded-Server", "X-Forwarded-Prefix", "X-Original-Forwarded-For")
)


def admit() -> None:
    """Let a request with auth on in, or refuse it before anything is looked up.

    Raises:
        FieldError: 401 without a valid token, 403 where the token does not reach.
    """
    scopes = _sufficient_scopes()
    caller = caller_of_request()
    if "public" in scopes:
        return
    if caller is None:
        text = "expected a valid token: Authorization: Bearer TOKEN"
        raise FieldError(HTTPStatus.UNAUTHORIZED, "Authorization", text)
    if not caller.scopes.intersection(scopes):
        held = ", ".join(sorted(caller.scopes))
        text = f"expected a token with scope {' or '.join(scopes)}, got {held}"
        raise FieldError(HTTPStatus.FORBIDDEN, "Authorization", text)
    if not caller.reaches(named_speaker()):
        text = "expected a token that reaches this speaker"
        raise FieldError(HTTPStatus.FORBIDDEN, "Authorization", text)
    if "enrol" in scopes:
        _demand_fresh_session(caller)


def _demand_fresh_session(caller: Caller) -> None:
    """Ask a person for the password again before voices are added, handed out or deleted.

    A session that was left open, or a token that was stolen, is not enough for it. Keys are no
    sessions.
    """
    signed_in_at, most_s = caller.signed_in_at, current_config().password_fresh_s
    if signed_in_at and datetime.now(UTC) - signed_in_at > timedelta(seconds=most_s):
        text = f"expected the password within the last {most_s} s: sign in once more"
        raise FieldError(HTTPStatus.FORBIDDEN, "session", text)


def contract_of(endpoint: str | None, verb: str) -> Contract | None:
    """Return the contract of a resource's method, if there is one."""
    view = getattr(current_app.view_functions.get(endpoint or ""), "view_class", None)
    method = getattr(view, "get" if verb == "HEAD" else verb.lower(), None)
    return getattr(method, "contract", None)


def _sufficient_scopes() -> tuple[Scope, ...]:
    contract = contract_of(request.endpoint, request.method)
    if contract is not None:
        return contract.scopes
    answered_without_a_method = request.routing_exception is not None or request.method == "OPTIONS"
    is_open = request.endpoint in OPEN_ENDPOINTS or answered_without_a_method
    return ("public",) if is_open else ()


def caller_of_request() -> Caller | None:
    """Return who calls, found out once a request; None without a valid token."""
    if "caller" not in g:
        g.caller = _identify()
    caller: Caller | None = g.caller
    return caller


def _identify() -> Caller | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    expected = current_config().metrics_token
    if expected and hmac.compare_digest(token.encode(), expected.encode()):
        return METRICS_READER
    if token.startswith(api_keys.PREFIX):
        return api_keys.identify(current_service().store, token)
    return current_sessions().identify(current_service().store, token)


def refuse_others() -> None:
    """With auth off, refuse what comes from elsewhere, a proxy, another site, or for another name.

    The name matters because a web page elsewhere can let its own name point to 127.0.0.1 and
    have a browser here call us (DNS rebinding).

    Raises:
        FieldError: 403.
    """
    forwarding = [name for name in FORWARDING_HEADERS if name in request.headers]
    if forwarding:
        _refuse(forwarding[0], "a request that came through a proxy")
    if not is_loopback(request.remote_addr or ""):
        _refuse("address", f"a request from {request.remote_addr}")
    if _is_of_another_site():
        _refuse("Origin", "a request of another site's page")
    if not is_loopback(request.host.rpartition(":")[0] or request.host):
        _refuse("Host", f"a request for {request.host}")


def _is_of_another_site() -> bool:
    """Tell whether a page of another site makes the request; opening this page by a link is not."""
    origin = request.headers.get("Origin")
    if origin is not None:
        others = current_config().cors_origins.replace(",", " ").split()
        return origin not in (request.host_url.rstrip("/"), *others)
    site = request.headers.get("Sec-Fetch-Site", "none")
    opens_page = request.headers.get("Sec-Fetch-Mode") == "navigate" and request.path == "/"
    return site not in ("none", "same-origin") and not opens_page


def _refuse(field: str, got: str) -> None:
    text = f"auth is off here, so only this machine is answered; got {got}"
    raise FieldError(HTTPStatus.FORBIDDEN, field, text)
