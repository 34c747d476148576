"""The outside shape of a speaker's own data, as they are handed out."""

from __future__ import annotations

from marshmallow import Schema, fields

from resources.frames_field import Frames, Predictor, Track
from resources.schemas.consent import ConsentSchema
from resources.schemas.log import ScoringSchema


class TakeSchema(Schema):
    """One take as it is kept."""

    take = fields.String(attribute="name")
    datetime = fields.DateTime()
    role = fields.String(metadata={"description": "train, or reference for those of /test"})
    digit = fields.Integer(allow_none=True)
    device = fields.String(allow_none=True)
    mfcc = Frames()
    energy = Track(allow_none=True)
    zcr = Track(allow_none=True)
    lpc = Predictor(allow_none=True)


class AuditEntrySchema(Schema):
    """Something that was done with the data, or refused."""

    datetime = fields.DateTime(attribute="created_at")
    caller = fields.String(metadata={"description": "id of the token or key that asked"})
    action = fields.String()
    decision = fields.String()
    reason = fields.String(
        allow_none=True, metadata={"description": "null where it would help to get past a check"}
    )
    address = fields.String(allow_none=True)


class ExportSchema(Schema):
    """Reply of /export."""

    alias = fields.String()
    frontend = fields.String(allow_none=True)
    created_at = fields.DateTime()
    consent = fields.Nested(ConsentSchema, allow_none=True)
    takes = fields.List(fields.Nested(TakeSchema), metadata={"description": "oldest first"})
    scoring_log = fields.List(
        fields.Nested(ScoringSchema), metadata={"description": "newest first"}
    )
    audit_log = fields.List(
        fields.Nested(AuditEntrySchema), metadata={"description": "newest first"}
    )
