"""The shape of every error."""

from __future__ import annotations

from marshmallow import Schema, fields


class ErrorSchema(Schema):
    """Every error."""

    code = fields.Integer(metadata={"description": "the HTTP status"})
    message = fields.String(metadata={"description": "the status in words"})
    description = fields.String(metadata={"description": "what is wrong, in one sentence"})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "field -> what was expected of it and what came"},
    )
