"""While auth is off: answer callers on this machine only, whatever stands in front."""

from __future__ import annotations

from http import HTTPStatus

from flask import request

from cepstra.config import is_loopback
from cepstra.resources.errors import FieldError

FORWARDING_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host")


def refuse_others() -> None:
    """Refuse a request from elsewhere, through a proxy, or for a name that is not this machine's.

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
    if not is_loopback(request.host.rpartition(":")[0] or request.host):
        _refuse("Host", f"a request for {request.host}")


def _refuse(field: str, got: str) -> None:
    text = f"auth is off here, so only this machine is answered; got {got}"
    raise FieldError(HTTPStatus.FORBIDDEN, field, text)
