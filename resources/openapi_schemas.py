"""The schemas of an OpenAPI document, told apart by whether they are sent or replied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REFERENCE = re.compile(r"#/components/schemas/(\w+)")


def schemas_of_bodies(document: Mapping[str, Any]) -> set[str]:
    """Return the names of all schemas that callers fill in."""
    bodies = [each.get("requestBody") for each in _operations(document)]
    return _reachable(document["components"]["schemas"], bodies)


def require_all_of_replies(document: Mapping[str, Any]) -> None:
    """Note in place that replies have all their fields; what is unknown or withheld is null.

    marshmallow's `required` is about what is loaded, so without this a generated client takes
    every field of a reply for one that may be missing.
    """
    for name, schema in _schemas_of_replies(document).items():
        if name not in schemas_of_bodies(document):
            schema["required"] = sorted(schema["properties"])


def replies_alone(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without calls, of which the types of replies are made for the page."""
    components = {"schemas": _schemas_of_replies(document)}
    return {**document, "paths": {}, "components": components}


def _schemas_of_replies(document: Mapping[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    names = _reachable(schemas, [each["responses"] for each in _operations(document)])
    return {name: schema for name, schema in schemas.items() if name in names}


def _operations(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for path in document["paths"].values() for each in path.values()]


def _reachable(schemas: Mapping[str, Any], part: Any) -> set[str]:
    """Return the names of the schemas that a part of the document refers to, by others too."""
    found: set[str] = set()
    wanted = set(REFERENCE.findall(str(part)))
    while wanted:
        found |= wanted
        wanted = {each for name in wanted for each in REFERENCE.findall(str(schemas[name]))} - found
    return found
