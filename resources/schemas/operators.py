"""The outside shape of what operators look after: enrolments, attempts, locks and keys."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from cepstra.resources.about import about
from cepstra.resources.frames_field import BoundedList
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.alias import Alias
from cepstra.resources.schemas.log import WITHHELD
from cepstra.verification.callers import KEY_SCOPES
from cepstra.verification.names import TENANT_PATTERN, TENANT_RULE

MOST_PERIODS = 1000
MOST_DAYS = 36_500


class EnrolmentSchema(Schema):
    """How a speaker is enrolled."""

    alias = fields.String(**about("the speaker's name"))
    created_at = fields.DateTime(**about("when they were registered"))
    frontend = fields.String(
        allow_none=True, **about("the front end that they are enrolled with, null before")
    )
    n_takes = fields.Integer(**about("training takes that are kept"))
    consistency = fields.Integer(
        allow_none=True,
        **about(
            "cosine of the two groups of takes that differ most, percent; null "
            f"below six takes with speech; {WITHHELD}"
        ),
    )
    n_unlike = fields.Integer(**about("takes that sound unlike the others; 0: one voice"))
    locked_until = fields.DateTime(
        allow_none=True, **about("until when attempts are refused; null: not")
    )


class EnrolmentsSchema(Schema):
    """Reply of /enrolments."""

    enrolments = fields.List(
        fields.Nested(EnrolmentSchema), **about("one page of them, in order of their names")
    )


class PeriodsSchema(RequestSchema):
    """What attempts to count."""

    by = fields.String(
        load_default="day", validate=validate.OneOf(["hour", "day"]), **about("hour or day, of UTC")
    )
    periods = fields.Integer(
        load_default=30,
        validate=validate.Range(1, MOST_PERIODS),
        **about(f"how many, the current one included, 1 to {MOST_PERIODS}"),
    )
    name = Alias(is_whole=True, load_default=None, **about("whose; everybody's without"))


class AttemptCountSchema(Schema):
    """The attempts of an hour or a day."""

    begins_at = fields.DateTime(**about("when it began"))
    accepted = fields.Integer(**about("accepted"))
    rejected = fields.Integer(**about("rejected"))
    inconclusive = fields.Integer(**about("too little speech to decide"))
    locked = fields.Integer(**about("refused after too many rejections"))


class AttemptCountsSchema(Schema):
    """Reply of /attempts."""

    by = fields.String(**about("hour or day"))
    counts = fields.List(
        fields.Nested(AttemptCountSchema),
        **about("one each, oldest first, as far back as the audit log is kept"),
    )


class LockSchema(Schema):
    """Somebody who has to wait."""

    name = fields.String(attribute="alias", **about("a speaker's, or one that nobody has"))
    kind = fields.String(
        validate=validate.OneOf(["voice", "password", "posed"]),
        **about(
            "rejected voices, wrong passwords, or as many challenges as may be posed within an hour"
        ),
    )
    rejects = fields.Integer(**about("how many there were"))
    locked_until = fields.DateTime(**about("when it is over"))


class LocksSchema(Schema):
    """Reply of /locks."""

    locks = fields.List(fields.Nested(LockSchema), **about("in order of name"))


class LiftedSchema(Schema):
    """Reply of lifting a lock."""

    lifted = fields.Boolean(**about("false: nothing was counted for that name"))


class NewKeySchema(RequestSchema):
    """An API key to make."""

    name = Alias(required=True, is_plain=True, **about("for people, to tell keys apart"))
    scopes = BoundedList(
        fields.String(validate=validate.OneOf(KEY_SCOPES)),
        required=True,
        validate=validate.Length(1, len(KEY_SCOPES)),
        **about(f"some of {', '.join(KEY_SCOPES)} that the caller's own key has"),
    )
    days = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, MOST_DAYS),
        **about("until it expires; null: never"),
    )

    tenant = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(f"(?:{TENANT_PATTERN})\\Z", error=f"expected {TENANT_RULE}"),
        **about(
            "whose speakers and keys it reaches, and no others; the own key's "
            "without, and no other where that is of one"
        ),
    )


class ApiKeySchema(Schema):
    """What is known about an API key."""

    number = fields.Integer(attribute="id", **about("to revoke it by"))
    name = fields.String(
        **about("for people, to tell keys apart; TENANT/NAME, asked without a tenant")
    )
    scopes = fields.Function(
        lambda key: sorted(key.scopes),
        **about("what it opens", type="array", items={"type": "string"}),
    )
    created_at = fields.DateTime(**about("when it was made"))
    expires_at = fields.DateTime(allow_none=True, **about("when it ends; or never"))
    revoked_at = fields.DateTime(
        allow_none=True, **about("since when it opens nothing; null: open")
    )


class MadeKeySchema(Schema):
    """A new key, told once."""

    key = fields.String(**about("the key itself: nobody can read it again"))
    number = fields.Integer(**about("to revoke it by"))


class ApiKeysSchema(Schema):
    """Reply of /keys."""

    keys = fields.List(fields.Nested(ApiKeySchema), **about("oldest first, revoked ones too"))


class KeyNumberSchema(RequestSchema):
    """The key named in the address."""

    key = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))


class RevokedSchema(Schema):
    """Reply of revoking a key."""

    revoked = fields.Boolean(**about("true"))
