"""While auth is off: answer callers on this machine only, whatever stands in front."""

from __future__ import annotations

from http import HTTPStatus

from flask import request

from cepstra.config import is_loopback
from cepstra.resources.errors import FieldError
from cepstra.resources.request_scope import current_config

FORWARDING_HEADERS = (
    ("Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP")
    + ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port")
    + ("X-Forwarded-Server", "X-Forwarded-Prefix", "X-Original-Forwarded-For")
)


def refuse_others() -> None:
    """Refuse a request from elsewhere, through a proxy, by another site, or for another name.

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
