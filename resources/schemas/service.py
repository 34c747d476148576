"""What the service tells of itself: calls, health, public keys, and every error."""

from __future__ import annotations

from marshmallow import Schema, fields

from cepstra.resources.about import about


class DocumentSchema(Schema):
    """The OpenAPI document; browsers get a page that shows it."""

    openapi = fields.String(**about("version of OpenAPI"))
    info = fields.Dict(**about("name, version and licence"))
    paths = fields.Dict(**about("every call"))
    components = fields.Dict(**about("the schemas that calls refer to"))
    tags = fields.List(fields.Dict(), **about("the groups that calls are in"))


class ErrorSchema(Schema):
    """Every error."""

    code = fields.Integer(**about("the HTTP status"))
    message = fields.String(**about("the status in words"))
    description = fields.String(**about("what is wrong, in one sentence"))
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        **about("field -> what was expected of it and what came"),
    )


class HealthSchema(Schema):
    """All is well; anything else is an error."""

    status = fields.String(**about("ok"))


class JwkSchema(Schema):
    """A public key (RFC 8037)."""

    kty = fields.String(**about("OKP, a key on a curve"))
    crv = fields.String(**about("Ed25519"))
    x = fields.String(**about("the public key"))
    kid = fields.String(**about("its id, which tokens name"))
    alg = fields.String(**about("EdDSA"))
    use = fields.String(**about("sig, for signatures"))


class JwksSchema(Schema):
    """Reply of /.well-known/jwks.json."""

    keys = fields.List(fields.Nested(JwkSchema), **about("the current key first"))
