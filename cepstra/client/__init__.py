"""Python client of a Cepstra service: messages in, replies out; depends on httpx alone."""

from .client import Client, Message
from .errors import (
    CepstraError,
    ConflictError,
    ForbiddenError,
    InvalidMessageError,
    NotFoundError,
    RefusedError,
    ServerError,
    TooManyRequestsError,
    UnauthorizedError,
    UnexpectedReplyError,
    UnreachableError,
)
from .retry import Retry

__all__ = [
    "CepstraError",
    "Client",
    "ConflictError",
    "ForbiddenError",
    "InvalidMessageError",
    "Message",
    "NotFoundError",
    "RefusedError",
    "Retry",
    "ServerError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnexpectedReplyError",
    "UnreachableError",
]
