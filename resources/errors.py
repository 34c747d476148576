"""The one shape of every error: code, message, description, errors."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice
from typing import Any

import orjson
from flask import Response, request
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound

from cepstra.resources.refusals import note_refusal
from cepstra.store.availability import MissingKeyError, is_full, is_passing
from cepstra.verification import errors as domain

log = logging.getLogger(__name__)

Fields = dict[str, list[str]]
MOST_FIELDS, MOST_TEXTS, LONGEST_NAME = 100, 100, 100  # that a reply tells of a request's

STATUS_OF_KIND: dict[type[domain.VerificationError], HTTPStatus] = {
    domain.UnknownError: HTTPStatus.NOT_FOUND,
    domain.NotAllowedError: HTTPStatus.FORBIDDEN,
    domain.ConflictError: HTTPStatus.CONFLICT,
    domain.UnfitError: HTTPStatus.BAD_REQUEST,
    domain.WrongPasswordError: HTTPStatus.UNAUTHORIZED,
    domain.LockedOutError: HTTPStatus.TOO_MANY_REQUESTS,
    domain.UnderWayError: HTTPStatus.SERVICE_UNAVAILABLE,
}


class FieldError(HTTPException):
    """A part of the request is not as it has to be; `field` names it."""

    def __init__(self, status: HTTPStatus, field: str, description: str) -> None:
        super().__init__(description)
        self.code = status.value
        self.field = field


def respond(error: Exception) -> Response:
    """Turn any exception into the reply that tells it, without a stack trace."""
    if isinstance(error, ValidationError):
        return _response(HTTPStatus.BAD_REQUEST, "The message is not valid.", _by_field(error))
    if isinstance(error, domain.VerificationError):
        note_refusal(type(error).__name__)
        [status] = (code for kind, code in STATUS_OF_KIND.items() if isinstance(error, kind))
        wait_s = getattr(error, "retry_after_s", None)
        headers = {} if wait_s is None else {"Retry-After": str(wait_s)}
        return _response(status, error.description, {error.field: [error.description]}, headers)
    if isinstance(error, FieldError):
        text = error.description or ""
        return _response(HTTPStatus(error.code or 400), text, {error.field: [text]})
    if isinstance(error, HTTPException):
        return _http_response(error)
    if isinstance(error, SQLAlchemyError) and is_passing(error):
        return _store_failed(error)
    if isinstance(error, MissingKeyError):
        log.error("%s; set DATA_KEYS as where the data were sealed, and restart", error)
        return _away("The key of these data is not at hand here; try again shortly.")
    log.exception("unexpected error", exc_info=error)
    return _http_response(InternalServerError())


def _store_failed(error: SQLAlchemyError) -> Response:
    log.error("database unavailable: %s", getattr(error, "orig", error))
    if is_full(error):
        text = "The store has no room; nothing of this request was kept."
        return _response(HTTPStatus.INSUFFICIENT_STORAGE, text, {}, {"Retry-After": "60"})
    return _away("The store cannot be reached now; try again shortly.")


def _away(text: str) -> Response:
    return _response(HTTPStatus.SERVICE_UNAVAILABLE, text, {}, {"Retry-After": "2"})


def _http_response(error: HTTPException) -> Response:
    kept = {"Allow", "Retry-After", "Location"}
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return _response(HTTPStatus(error.code or 500), _description(error), {}, headers)


def _description(error: HTTPException) -> str:
    """Return what was expected and got, where werkzeug only says that it was not."""
    if isinstance(error, MethodNotAllowed):
        return f"expected {' or '.join(sorted(error.valid_methods or ()))}, got {request.method}"
    if isinstance(error, NotFound) and error.description == NotFound.description:
        hint = "; no speaker's name holds '/'" if request.path.startswith("/speakers/") else ""
        return f"there is no {request.path}; /doc tells every call{hint}"
    return error.description or ""


def _response(
    status: HTTPStatus, description: str, errors: Fields, headers: dict[str, str] | None = None
) -> Response:
    if status == HTTPStatus.UNAUTHORIZED:
        headers = {**(headers or {}), "WWW-Authenticate": 'Bearer realm="cepstra"'}
    body = {
        "code": status.value,
        "message": status.phrase,
        "description": description,
        "errors": errors,
    }
    text = orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)
    return Response(text, status, headers, mimetype="application/json")


def _by_field(error: ValidationError) -> Fields:
    messages = error.normalized_messages()  # type: ignore[no-untyped-call]
    told = islice(_named_texts("", messages), MOST_FIELDS)
    return {name[:LONGEST_NAME]: texts for name, texts in told}


def _named_texts(prefix: str, messages: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Names with a dot for the fields of a message inside a message."""
    for name, value in messages.items():
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            yield from _named_texts(f"{prefix}{name}.", value)
        else:
            yield prefix + name, list(islice(_texts(value), MOST_TEXTS))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        yield from map(str, value)
    else:
        yield str(value)
