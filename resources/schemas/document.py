"""Reply of /doc."""

from __future__ import annotations

from marshmallow import Schema, fields


class DocumentSchema(Schema):
    """The OpenAPI document; browsers get a page that shows it."""

    openapi = fields.String(metadata={"description": "version of OpenAPI"})
    info = fields.Dict(metadata={"description": "name, version and licence"})
    paths = fields.Dict(metadata={"description": "every call"})
    components = fields.Dict(metadata={"description": "the schemas that calls refer to"})
    tags = fields.List(fields.Dict(), metadata={"description": "the groups that calls are in"})
