"""The OpenAPI document, made from the routes, their contracts and the schemas."""

from __future__ import annotations

import inspect
import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from werkzeug.routing import Rule

import cepstra
from cepstra.frontend.definition import page_definition
from cepstra.frontend.message import MAX_FRAMES
from cepstra.resources.contract import Contract
from cepstra.resources.frames_field import (
    EMBEDDING_DIMENSIONS,
    MAX_COEFFICIENTS,
    MIN_COEFFICIENTS,
    Frames,
    Track,
    UnitVector,
)
from cepstra.resources.openapi_schemas import require_all_of_replies
from cepstra.resources.schemas.alias import ALIAS_PATTERN, ALIAS_RULE, LABEL_PATTERN, LABEL_RULE
from cepstra.resources.schemas.service import ErrorSchema

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 400, 401, 403, 404, 429
TOO_SLOW, TOO_LARGE, OF_ANOTHER_TYPE, STORE_AWAY, STORE_FULL = 408, 413, 415, 503, 507
WITHOUT_STORE = ("public", "metrics")
ABOUT = (
    "Voice verification that never hears the voice: send cepstral frames, not sound. "
    f"The front end {page_definition().id} is defined in /static/js/frontend.json."
)
TAGS = {
    "enrolment": "takes and consent, from which a speaker's model is made",
    "verification": "is it the speaker that it claims to be?",
    "identification": "who is it, of all, and when",
    "speakers": "who is kept, what of them, and how to forget it",
    "accounts": "who the caller is",
    "operation": "the state of the service, its threshold, its keys, this description",
}
TAG_OF_NOUN = {
    **dict.fromkeys(("train", "test", "consent", "status", "devices", "takes"), "enrolment"),
    **dict.fromkeys(
        ("score", "challenges", "compare", "intrusionTest", "benchmark"), "verification"
    ),
    **dict.fromkeys(("identify", "recognise", "timeline"), "identification"),
    **dict.fromkeys(("speakers", "export", "import", "delete"), "speakers"),
    **dict.fromkeys(("user", "session"), "accounts"),
}
INFO = {
    "description": ABOUT,
    "license": {"name": "MIT", "identifier": "MIT"},
}


def describe(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of every route that has a contract."""
    plugin = MarshmallowPlugin()
    spec = APISpec("Cepstra", cepstra.__version__, "3.1.0", plugins=[plugin], info=INFO)
    if plugin.converter is None:
        raise RuntimeError("apispec has not set up its marshmallow plugin")
    plugin.converter.add_attribute_function(_number_arrays)  # type: ignore[no-untyped-call]
    plugin.converter.add_attribute_function(_null_or_choice)  # type: ignore[no-untyped-call]
    spec.components.schema("Error", schema=ErrorSchema)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if operations := _operations(app, rule):
            spec.path(re.sub(r"<(\w+)>", r"{\1}", rule.rule), operations=operations)
    for name, about in TAGS.items():
        spec.tag({"name": name, "description": about})
    document = spec.to_dict()
    require_all_of_replies(document)
    return document


def _operations(app: Flask, rule: Rule) -> dict[str, Any]:
    view = getattr(app.view_functions[rule.endpoint], "view_class", None)
    operations = {}
    for verb in ("get", "put", "post", "delete"):
        method = getattr(view, verb, None)
        if contract := getattr(method, "contract", None):
            summary, _, details = (method.__doc__ or "").strip().partition("\n")
            about: dict[str, Any] = {"tags": [_tag(rule.rule)], "summary": summary}
            about["operationId"] = f"{verb}{_camel_case(rule.rule)}"
            if details:
                about["description"] = inspect.cleandoc(details)
            operations[verb] = {**about, **_operation(contract, rule, verb)}
    return operations


def _tag(path: str) -> str:
    """Return the tag of the last noun of a path: train in /speakers/<speaker>/train."""
    return TAG_OF_NOUN.get(re.findall(r"/([a-zA-Z]+)", path)[-1], "operation")


def _camel_case(path: str) -> str:
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"[a-zA-Z]+", path))


def _operation(contract: Contract, rule: Rule, verb: str) -> dict[str, Any]:
    in_path = [_in_path(name) for name in sorted(rule.arguments)]
    in_query = []
    if contract.query:  # in the order of the schema: a set's would change with every run
        fields = [name for name in contract.query().fields if name not in rule.arguments]
        in_query = [{"in": "query", "schema": contract.query(only=fields)}] if fields else []
    replies = {str(contract.status): _reply(contract)}
    refusals = sorted(_refusals(contract, rule, verb))
    replies |= {str(code): _content("Error", "refused") for code in refusals}
    closed = contract.scope != "public"
    operation: dict[str, Any] = {
        "parameters": in_path + in_query,
        "responses": replies,
        "security": [{"token": [scope]} for scope in contract.scopes] if closed else [],
    }
    if contract.body:
        operation["requestBody"] = {"required": True, **_content(contract.body)}
    return operation


def _in_path(name: str) -> dict[str, Any]:
    is_alias = name == "speaker"
    pattern, rule = (ALIAS_PATTERN, ALIAS_RULE) if is_alias else (LABEL_PATTERN, LABEL_RULE)
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": rule}


def _refusals(contract: Contract, rule: Rule, verb: str) -> set[int]:
    """Return the statuses of an operation's own refusals, and of those that its kind brings."""
    found = {TOO_MANY, *contract.errors}
    found |= {UNAUTHORIZED, FORBIDDEN} if contract.scope != "public" else set()
    found |= {NOT_FOUND} if rule.arguments else set()
    found |= {BAD_REQUEST} if rule.arguments or contract.query or contract.body else set()
    found |= {TOO_SLOW, TOO_LARGE, OF_ANOTHER_TYPE} if contract.body else set()
    found |= {STORE_FULL} if verb != "get" else set()
    return found | ({STORE_AWAY} if verb != "get" or contract.scope not in WITHOUT_STORE else set())


def _reply(contract: Contract) -> dict[str, Any]:
    if isinstance(contract.reply, str):
        text = {"schema": {"type": "string"}}
        return {"description": "done", "content": {contract.reply: text}}
    return _content(contract.reply, "done")


def _content(schema: Any, description: str | None = None) -> dict[str, Any]:
    if isinstance(schema, dict):
        schema = {"anyOf": list(schema.values())}
    content: dict[str, Any] = {"content": {"application/json": {"schema": schema}}}
    return content if description is None else {"description": description, **content}


def _number_arrays(self: Any, field: Any, **kwargs: Any) -> dict[str, Any]:
    most = getattr(field, "most", MAX_FRAMES)
    frames = {"type": "array", "minItems": 1, "maxItems": most}
    if isinstance(field, Track):
        return {"type": "array", "items": {"type": "number"}}
    if isinstance(field, UnitVector):
        limits = {"minItems": EMBEDDING_DIMENSIONS, "maxItems": EMBEDDING_DIMENSIONS}
        return {"type": "array", **limits, "items": {"type": "number"}}
    if isinstance(field, Frames):
        frame = {"type": "array", "items": {"type": "number"}}
        limits = {"minItems": MIN_COEFFICIENTS, "maxItems": MAX_COEFFICIENTS}
        return {**frames, "items": {**frame, **limits}}
    return {}


def _null_or_choice(self: Any, field: Any, ret: dict[str, Any]) -> dict[str, Any]:
    """Say "one of these, or null" as two types; of one, generators make three classes."""
    if not field.allow_none or "enum" not in ret:
        return {}
    kind = {"type": "string", "enum": [each for each in ret.pop("enum") if each is not None]}
    del ret["type"]
    return {"anyOf": [kind, {"type": "null"}]}
