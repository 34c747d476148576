"""Names in addresses: `/` parts an address, so no name holds one, escaped or not.

Proxies and servers make `/` of `%2F` on the way, some of them and some of the time: with such a
name, /speakers/a%2Ftrain would be another call for another speaker.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, request

from cepstra.resources.errors import FieldError
from cepstra.verification.names import NAME_RULE


def part_by_slashes(app: Flask) -> None:
    """Let every slash part an address: before routes are added, behind admission."""
    app.url_map.merge_slashes = False  # /speakers//lock, of nobody, is no speaker called lock
    app.before_request(_refuse_slashes)


def _refuse_slashes() -> None:
    """Refuse a name with an escaped `/` in the path, whatever call it looks like.

    Raises:
        FieldError: there is one.
    """
    told = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    is_escaped = "%2f" in told.partition("?")[0].lower()
    if is_escaped and request.path.startswith("/speakers/"):  # told may begin with http://HOST
        text = f"expected a name of {NAME_RULE}, got one with '/'"
        raise FieldError(HTTPStatus.BAD_REQUEST, "speaker", text)
