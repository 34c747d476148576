"""Python client of a Cepstra service: messages in, replies out; depends on httpx alone."""

from cepstra_client.client import Client, Message
from cepstra_client.errors import (
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
from cepstra_client.retry import Retry

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
