"""What a resource method takes, gives and asks of the caller, and the loading and dumping of it.

The OpenAPI document is made from the same notes, and resources/admission.py enforces the scope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Response, request
from marshmallow import Schema

from cepstra.resources.body import load_body
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.request_scope import callers_alias
from cepstra.resources.schemas.alias import AliasSchema
from cepstra.resources.told_scores import tell
from cepstra.verification.callers import Scope

# A mapping: the schema by the result's type. A str: the media type of a text.
Reply = type[Schema] | Mapping[type, type[Schema]] | str
Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Contract:
    """One operation: request body, query, reply, errors it may end with, and the scope it needs.

    While auth is on, a method without a scope is closed to everybody.

    Attributes:
        reply: schema of what the method returns.
        body: schema of the JSON that it takes as `body`.
        query: schema of the other arguments, in the address's path and query; the
            `speaker` that it names arrives as `alias`.
        status: of a reply.
        errors: status codes of refusals, beside those that body, address and scope bring along.
        scope: what the caller's token has to reach.
        or_scope: another scope that will do as well.
        tells_scores: whether the reply holds scores, which not everybody is told.
        location: where what was made is found, with fields of the reply in braces.
    """

    reply: Reply
    body: type[RequestSchema] | None = None
    query: type[RequestSchema] | None = None
    status: int = 200
    errors: tuple[int, ...] = ()
    scope: Scope | None = None
    or_scope: Scope | None = None
    tells_scores: bool = False
    location: str | None = None

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Return the scopes of which a token needs one."""
        return tuple(scope for scope in (self.scope, self.or_scope) if scope)

    def __call__(self, method: Method) -> Method:
        """Make a resource method of one that takes what is loaded and returns what is to be dumped.

        Its docstring becomes the summary.
        """

        @wraps(method)
        def answer(resource: Any, **in_path: str) -> Any:
            return self.dump(method(resource, **self.load(in_path)))

        answer.contract = self  # type: ignore[attr-defined]
        return answer  # type: ignore[return-value]

    def load(self, in_path: Mapping[str, str]) -> dict[str, Any]:
        """Return the method's arguments.

        Raises:
            FieldError: the body is of the wrong type or size, or no JSON.
            marshmallow.ValidationError: a field is wrong.
        """
        arguments = self._of_address(in_path)
        if self.body:
            arguments["body"] = load_body(_schema(self.body))
        return arguments

    def dump(self, result: Any) -> Any:
        """Return the reply of what the method returned: JSON, status and headers."""
        if isinstance(self.reply, str) or isinstance(result, Response):
            return result
        reply = self.reply if isinstance(self.reply, type) else self.reply[type(result)]
        told = _schema(reply).dump(result)
        return (tell(told) if self.tells_scores else told), self.status, self._headers(told)

    def _of_address(self, in_path: Mapping[str, str]) -> dict[str, Any]:
        query = self.query or (AliasSchema if "speaker" in in_path else None)
        if query is None:
            return dict(in_path)
        schema = _schema(query)
        known = {name: value for name, value in in_path.items() if name in schema.fields}
        named = {**request.args.to_dict(), **known}
        arguments = {**in_path, **schema.load(named)}
        if "speaker" in arguments:
            arguments["alias"] = callers_alias(arguments.pop("speaker"), "speaker" in named)
        return arguments

    def _headers(self, told: Mapping[str, Any]) -> dict[str, str]:
        if not self.location:
            return {}
        return {"Location": self.location.format_map({k: quote(str(v)) for k, v in told.items()})}


@cache
def _schema(kind: type[Schema]) -> Schema:
    return kind()
