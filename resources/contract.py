"""What a resource method takes and gives, noted beside it for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from marshmallow import Schema

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Contract:
    """One operation: request body, query, reply, and the errors it may end with."""

    reply: type[Schema]
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    status: int = 200
    errors: tuple[int, ...] = ()


def contract(
    reply: type[Schema],
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    status: int = 200,
    errors: tuple[int, ...] = (),
) -> Callable[[Method], Method]:
    """Attach a Contract to a resource method; its docstring becomes the summary."""

    def attach(method: Method) -> Method:
        method.contract = Contract(reply, body, query, status, errors)  # type: ignore[attr-defined]
        return method

    return attach
