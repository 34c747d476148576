"""The outside shape of consent."""

from __future__ import annotations

import re

from marshmallow import Schema, ValidationError, fields

VERSION_PATTERN = "^[A-Za-z0-9._-]{1,64}$"
VERSION_RULE = "1 to 64 of letters A to Z, digits, '.', '_' and '-'"


def _valid_version(text: str) -> None:
    if not re.fullmatch(VERSION_PATTERN.strip("^$"), text):
        raise ValidationError(f"expected {VERSION_RULE}, got {text[:80]!r}")


class NewConsentSchema(Schema):
    """A consent to record."""

    version = fields.String(
        required=True,
        validate=_valid_version,
        metadata={
            "description": f"which text was agreed to; {VERSION_RULE}",
            "pattern": VERSION_PATTERN,
        },
    )


class ConsentSchema(Schema):
    """What was agreed to, and when."""

    version = fields.String(metadata={"description": "version of the text agreed to"})
    datetime = fields.DateTime(metadata={"description": "when they agreed"})
