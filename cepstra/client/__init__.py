"""Python client of a Cepstra service: messages in, replies out; depends on httpx alone."""

from .async_client import AsyncClient
from .calls import Message
from .client import Client
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
    "AsyncClient",
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
