"""Accounts and sessions: who the caller is."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate, validates

from cepstra.resources.about import about
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.alias import Alias
from cepstra.verification.password_rule import LEAST

MAX_PASSWORD = 200


class AccessSchema(Schema):
    """How the caller stands with the service."""

    auth = fields.String(
        validate=validate.OneOf(["on", "off"]), **about("off: whoever is on this machine may call")
    )
    registration = fields.String(
        validate=validate.OneOf(["invited", "open"]), **about("who may make an account")
    )
    prompt_words = fields.List(
        fields.String(),
        **about("what the page asks for in place of the digits 0 to 9; empty: the digits"),
    )
    speaker = fields.String(
        dump_default=None, allow_none=True, **about("whose session it is; null without one")
    )
    expires_at = fields.DateTime(
        dump_default=None, allow_none=True, **about("when the session ends; null without one")
    )


class CredentialsSchema(RequestSchema):
    """Name and password of an account; the name is the speaker's alias, a tenant's before it."""

    name = Alias(required=True, is_whole=True)
    password = fields.String(
        required=True,
        load_only=True,
        validate=validate.Length(1, MAX_PASSWORD),
        **about(f"of a new account {LEAST} characters at least, no common words, rows or repeats"),
    )

    @validates("name")
    def _not_default(self, value: str, **kwargs: object) -> None:
        if value.rpartition("/")[2] == "default":
            text = f"expected another name than default, everybody's own speaker, got {value!r}"
            raise ValidationError(text)


class NewAccountSchema(CredentialsSchema):
    """An account to make."""

    name = Alias(required=True, is_whole=True, is_plain=True)
    invitation = fields.String(
        load_only=True,
        validate=validate.Length(1, 1000),
        **about("what `cepstra invite NAME` printed, where one is needed"),
    )


class NewPasswordSchema(RequestSchema):
    """A password in place of another."""

    password = fields.String(
        required=True,
        load_only=True,
        validate=validate.Length(1, MAX_PASSWORD),
        **about("the one that holds now"),
    )
    new_password = fields.String(
        required=True,
        load_only=True,
        validate=validate.Length(1, MAX_PASSWORD),
        **about(f"{LEAST} characters at least, no common words, rows or repeats"),
    )


class AccountSchema(Schema):
    """An account."""

    name = fields.String(**about("the account's name, which is its speaker's"))
    created_at = fields.DateTime(**about("when it was made"))


class SessionSchema(Schema):
    """A token: send it as `Authorization: Bearer TOKEN`."""

    token = fields.String(**about("goes with later calls, Authorization: Bearer TOKEN"))
    speaker = fields.String(**about("whose session it is"))
    expires_at = fields.DateTime(**about("when the session ends"))


class EndedSchema(Schema):
    """Reply of signing out."""

    ended = fields.Boolean(**about("true"))
