"""A speaker's alias, wherever one is named."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields

ALIAS_PATTERN = "^[A-Za-z0-9._-]{1,64}$"
ALIAS_RULE = "1 to 64 of letters A to Z, digits, '.', '_' and '-'"


def valid_alias(text: str) -> None:
    """Refuse what is no alias.

    Raises:
        ValidationError: expected and got.
    """
    if not re.fullmatch(ALIAS_PATTERN.strip("^$"), text):
        raise ValidationError(f"expected {ALIAS_RULE}, got {text[:80]!r}")


ALIAS: dict[str, Any] = {
    "validate": valid_alias,
    "metadata": {"description": ALIAS_RULE, "pattern": ALIAS_PATTERN},
}


class DeviceSchema(Schema):
    """The device named in the address."""

    device = fields.String(required=True, **ALIAS)


class AliasSchema(Schema):
    """The speaker named in the address."""

    speaker = fields.String(load_default="default", **ALIAS)
