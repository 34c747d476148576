"""What the service tells of itself: calls, health, public keys, and every error."""

from __future__ import annotations

from marshmallow import Schema, fields


class DocumentSchema(Schema):
    """The OpenAPI document; browsers get a page that shows it."""

    openapi = fields.String(metadata={"description": "version of OpenAPI"})
    info = fields.Dict(metadata={"description": "name, version and licence"})
    paths = fields.Dict(metadata={"description": "every call"})
    components = fields.Dict(metadata={"description": "the schemas that calls refer to"})
    tags = fields.List(fields.Dict(), metadata={"description": "the groups that calls are in"})


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


class HealthSchema(Schema):
    """All is well; anything else is an error."""

    status = fields.String(metadata={"description": "ok"})


class JwkSchema(Schema):
    """A public key (RFC 8037)."""

    kty = fields.String(metadata={"description": "OKP, a key on a curve"})
    crv = fields.String(metadata={"description": "Ed25519"})
    x = fields.String(metadata={"description": "the public key"})
    kid = fields.String(metadata={"description": "its id, which tokens name"})
    alg = fields.String(metadata={"description": "EdDSA"})
    use = fields.String(metadata={"description": "sig, for signatures"})


class JwksSchema(Schema):
    """Reply of /.well-known/jwks.json."""

    keys = fields.List(fields.Nested(JwkSchema), metadata={"description": "the current key first"})
