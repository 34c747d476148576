"""Public keys as a JSON web key set."""

from __future__ import annotations

from marshmallow import Schema, fields


class JwkSchema(Schema):
    """A public key (RFC 8037)."""

    kty = fields.String()
    crv = fields.String()
    x = fields.String()
    kid = fields.String()
    alg = fields.String()
    use = fields.String()


class JwksSchema(Schema):
    """Reply of /.well-known/jwks.json."""

    keys = fields.List(fields.Nested(JwkSchema))
