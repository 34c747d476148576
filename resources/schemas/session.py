"""Sessions: who the caller is."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class AccessSchema(Schema):
    """How the caller stands with the service."""

    auth = fields.String(
        validate=validate.OneOf(["on", "off"]),
        metadata={"description": "off: whoever is on this machine may call"},
    )
