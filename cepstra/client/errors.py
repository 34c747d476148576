"""What a call can end with instead of a reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class CepstraError(Exception):
    """The service gave no reply that can be used."""


class UnreachableError(CepstraError):
    """Nothing answered, or the connection broke; a call that writes may have been carried out."""


class UnexpectedReplyError(CepstraError):
    """Something answered, but not as Cepstra does: is the address right?"""


class RefusedError(CepstraError):
    """The service refused the call and says why.

    Attributes:
        code: HTTP status.
        message: name of that status.
        description: what was wrong, for people.
        errors: field -> texts, where fields are to blame.
        retry_after_s: seconds to wait before the same call can succeed; None where not told.
    """

    def __init__(
        self,
        code: int,
        message: str,
        description: str,
        errors: Mapping[str, Sequence[str]],
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(description or message)
        self.code = code
        self.message = message
        self.description = description
        self.errors = errors
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        fields = [f"{name}: {text}" for name, texts in self.errors.items() for text in texts]
        told = [text for text in fields if not text.endswith(self.description)]
        return "; ".join(told) or "; ".join(fields) or self.description or self.message


class InvalidMessageError(RefusedError):
    """400, 413 or 415: something in the request is not as it has to be."""


class UnauthorizedError(RefusedError):
    """401: a valid token is missing, or name and password do not belong together."""


class ForbiddenError(RefusedError):
    """403: the token does not reach this call or speaker, or consent is missing."""


class NotFoundError(RefusedError):
    """404: there is no such speaker, device or address."""


class ConflictError(RefusedError):
    """409: not as things stand; the speaker has no model, say, or exists already."""


class TooManyRequestsError(RefusedError):
    """429: too many calls, or too many rejected attempts."""


class ServerError(RefusedError):
    """5xx: the service cannot do it now."""


BY_STATUS: Mapping[int, type[RefusedError]] = {
    400: InvalidMessageError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    413: InvalidMessageError,
    415: InvalidMessageError,
    429: TooManyRequestsError,
}


def error_class(status: int) -> type[RefusedError]:
    """Return the exception of an HTTP status of 400 or more."""
    return BY_STATUS.get(status, ServerError if status >= 500 else RefusedError)
