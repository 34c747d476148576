"""Reply of /doc."""

from __future__ import annotations

from marshmallow import Schema, fields


class DocumentSchema(Schema):
    """The OpenAPI document; browsers get a page that shows it."""

    openapi = fields.String()
    info = fields.Dict()
    paths = fields.Dict()
    components = fields.Dict()
    security = fields.List(fields.Dict())
