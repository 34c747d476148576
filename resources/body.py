"""From the bytes of a request to a loaded schema: size, type, compression, JSON."""

from __future__ import annotations

import zlib
from http import HTTPStatus
from typing import Any

import orjson
from flask import current_app, request
from marshmallow import Schema
from werkzeug.exceptions import HTTPException

from cepstra.resources.errors import FieldError

OF_FILES = ("audio/", "video/", "multipart/form-data", "application/octet-stream")
GZIP_WINDOW_BITS = 16 + zlib.MAX_WBITS
MOST_GZIP_MEMBERS = 100


def load_body(schema: Schema) -> Any:
    """Return what the schema makes of the request's JSON body.

    Raises:
        FieldError: wrong type or encoding (415), too large (413), or not JSON (400).
        marshmallow.ValidationError: JSON of another shape.
    """
    if not request.is_json:
        got = request.mimetype or "none"
        text = f"expected Content-Type application/json, got {got}"
        if got.startswith(OF_FILES):
            text += "; sound is never sent: `cepstra features FILE` makes the JSON of it"
        raise FieldError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type", text)
    try:
        return schema.load(orjson.loads(_unpacked(_received())))
    except orjson.JSONDecodeError as error:
        text = f"expected JSON (which has no NaN or Infinity), got {error}"
        raise FieldError(HTTPStatus.BAD_REQUEST, "body", text) from None


def refuse_body(where: str) -> None:
    """Refuse a request that brings a body where none is read.

    Raises:
        FieldError: there is one; `where` says what to do in its place.
    """
    if _received():
        raise FieldError(HTTPStatus.BAD_REQUEST, "body", f"expected no body, got one; {where}")


def _received() -> bytes:
    try:
        return request.get_data(cache=False)
    except HTTPException:
        raise
    except Exception as error:  # of a type that the server chooses: what came is malformed
        text = f"expected a body as its headers announce it, got {error}"
        raise FieldError(HTTPStatus.BAD_REQUEST, "body", text) from None


def _unpacked(data: bytes) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return data
    if encoding not in ("gzip", "x-gzip"):
        text = f"expected gzip, x-gzip or identity, got {encoding}"
        raise FieldError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding", text)
    return _gunzip(data, current_app.config["MAX_CONTENT_LENGTH"])


def _gunzip(data: bytes, max_bytes: int) -> bytes:
    """Unpack the members of a gzip file, one behind the other (RFC 1952, 2.2)."""
    unpacked = b""
    for _ in range(MOST_GZIP_MEMBERS):  # each copies all that is behind it
        unpacker = zlib.decompressobj(GZIP_WINDOW_BITS)
        try:
            unpacked += unpacker.decompress(data, max_bytes + 1 - len(unpacked))
        except zlib.error as error:
            text = f"expected gzip data, got {error}"
            raise FieldError(HTTPStatus.BAD_REQUEST, "body", text) from None
        if len(unpacked) > max_bytes:
            text = f"expected at most {max_bytes} bytes unpacked, got more"
            raise FieldError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body", text)
        if not unpacker.eof:
            text = "expected whole gzip data, got a part"
            raise FieldError(HTTPStatus.BAD_REQUEST, "body", text)
        data = unpacker.unused_data.lstrip(b"\0")  # zeros may pad the end
        if not data:
            return unpacked
    text = f"expected at most {MOST_GZIP_MEMBERS} gzip members, got more"
    raise FieldError(HTTPStatus.BAD_REQUEST, "body", text)
