"""What a resource method takes, gives and asks of the caller, noted beside it.

The OpenAPI document is made from it, and resources/admission.py enforces the scope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from marshmallow import Schema

from cepstra.verification.callers import Scope

Reply = type[Schema] | tuple[type[Schema], ...] | str  # a str: the media type of a text
Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Contract:
    """One operation: request body, query, reply, errors it may end with, and the scope it needs.

    While auth is on, a method without a scope is closed to everybody.
    """

    reply: Reply
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    status: int = 200
    errors: tuple[int, ...] = ()
    scope: Scope | None = None


def contract(
    reply: Reply,
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    status: int = 200,
    errors: tuple[int, ...] = (),
    *,
    scope: Scope | None = None,
) -> Callable[[Method], Method]:
    """Attach a Contract to a resource method; its docstring becomes the summary."""
    operation = Contract(reply, body, query, status, errors, scope)

    def attach(method: Method) -> Method:
        method.contract = operation  # type: ignore[attr-defined]
        return method

    return attach
