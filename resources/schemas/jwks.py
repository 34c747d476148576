"""Public keys as a JSON web key set."""

from __future__ import annotations

from marshmallow import Schema, fields


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
