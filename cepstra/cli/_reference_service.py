"""The reference's chapters on the service: settings, endpoints, and the fields of all bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from cepstra.cli._reference_commands import UndocumentedError
from cepstra.config import Config
from cepstra.resources.openapi_schemas import schemas_of_bodies

VERBS = ("put", "get", "post", "delete")
OF_A_SPEAKER = "/speakers/{speaker}"  # before an address that takes ?speaker= as well


def setting_lines(config: type = Config) -> Iterator[str]:
    """Hand out one row for every setting.

    Raises:
        UndocumentedError: a setting does not tell its meaning.
    """
    yield from ["| variable | default | meaning |", "|---|---|---|"]
    for spec in fields(config):
        name = spec.name.upper()
        if not spec.metadata.get("meaning"):
            raise UndocumentedError(f"setting {name}: has no meaning")
        default = str(spec.default).lower() if isinstance(spec.default, bool) else spec.default
        shown = "none" if default == "" else f"`{default}`"
        yield f"| `{name}` | {shown} | {spec.metadata['meaning']} |"


def endpoint_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Hand out one section for every call of an OpenAPI document, with both its addresses.

    Raises:
        UndocumentedError: a call has no summary, or a parameter no description.
    """
    paths: Mapping[str, Any] = document["paths"]
    for path, operations in paths.items():
        for verb in (verb for verb in VERBS if verb in operations):
            operation, shorter = operations[verb], path.removeprefix(OF_A_SPEAKER)
            if path != shorter and _is_same(operation, paths.get(shorter, {}).get(verb)):
                continue
            yield from _endpoint(f"{verb.upper()} {path}", operation)
            longer = paths.get(OF_A_SPEAKER + path, {}).get(verb)
            if longer and _is_same(operation, longer):
                more = ", ".join(sorted({*longer["responses"]} - {*operation["responses"]}))
                yield f"- also `{verb.upper()} {OF_A_SPEAKER}{path}`{more and f', with {more} too'}"
            yield ""


def _is_same(operation: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    return other is not None and operation["summary"] == other["summary"]


def schema_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Hand out one table for every body and reply of an OpenAPI document.

    Raises:
        UndocumentedError: a field has no description.
    """
    bodies = schemas_of_bodies(document)
    for name, schema in sorted(document["components"]["schemas"].items()):
        required = schema.get("required", ()) if name in bodies else ()  # replies have all
        yield from [f"### {name} object", "", "| field | type | meaning |", "|---|---|---|"]
        for field, about in schema.get("properties", {}).items():
            if not about.get("description"):
                raise UndocumentedError(f"field {field} of {name}: has no description")
            needed = " (required)" if field in required else ""
            meaning = about["description"].replace("|", "\\|")
            yield f"| `{field}` | {_type(about)}{needed} | {meaning} |"
        yield ""


def _endpoint(call: str, operation: Mapping[str, Any]) -> Iterator[str]:
    if not operation.get("summary"):
        raise UndocumentedError(f"{call}: has no summary")
    yield from [f"### {call}", "", operation["summary"], ""]
    if details := operation.get("description"):
        yield from [details, ""]
    for parameter in operation["parameters"]:
        if not parameter.get("description"):
            raise UndocumentedError(f"{call}, parameter {parameter['name']}: has no description")
        kind = {"query": f"`?{parameter['name']}=`", "path": f"`{parameter['name']}`"}
        yield f"- {kind[parameter['in']]}: {parameter['description']}"
    if body := operation.get("requestBody"):
        yield f"- body: {_links(body)}"
    for status, reply in operation["responses"].items():
        if status.startswith("2"):
            yield f"- replies {status}: {_links(reply)}"
    refusals = [status for status in operation["responses"] if not status.startswith("2")]
    scopes = [scope for rule in operation["security"] for scope in rule["token"]]
    if refusals:
        yield f"- may refuse with {', '.join(refusals)}: {_link('Error')}"
    yield f"- scope: {', '.join(map(str, scopes)) or 'public'}"


def _links(content: Mapping[str, Any]) -> str:
    (media_type, about), *_ = content["content"].items()
    if media_type != "application/json":
        return f"`{media_type}`"
    schema = about["schema"]
    references = [each["$ref"] for each in schema.get("anyOf", [schema])]
    return " or ".join(_link(reference.rsplit("/", 1)[1]) for reference in references)


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()}-object)"


def _type(about: Mapping[str, Any]) -> str:
    for each in (about, *about.get("anyOf", ()), *about.get("allOf", ())):
        if "$ref" in each:
            return _link(each["$ref"].rsplit("/", 1)[1])
    enums = [each["enum"] for each in (about, *about.get("anyOf", ())) if "enum" in each]
    if enums:
        values = [each for each in enums[0] if each is not None]
        may_be_null = len(values) < len(enums[0]) or {"type": "null"} in about.get("anyOf", ())
        return ", ".join(f"`{value}`" for value in values) + " or null" * may_be_null
    kinds = about.get("type", "any")
    kind = " or ".join(kinds) if isinstance(kinds, list) else kinds
    if "items" in about:
        return f"{kind} of {_type(about['items'])}"
    return str(kind)
