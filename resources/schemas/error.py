"""The shape of every error."""

from __future__ import annotations

from marshmallow import Schema, fields


class ErrorSchema(Schema):
    """Every error."""

    code = fields.Integer()
    message = fields.String()
    description = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
