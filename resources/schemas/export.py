"""The outside shape of a speaker's own data, as they are handed out."""

from __future__ import annotations

from marshmallow import Schema, fields

from cepstra.resources.about import about
from cepstra.resources.frames_field import Frames, Track, UnitVector
from cepstra.resources.schemas.consent import ConsentSchema
from cepstra.resources.schemas.log import ScoringSchema

OF_OLD_TAKES = about("null but in takes of a service that still kept it")


class TakeSchema(Schema):
    """One take as it is kept."""

    take = fields.String(attribute="name", **about("name that it is kept by"))
    datetime = fields.DateTime(**about("when it came"))
    role = fields.String(**about("train, or reference for those of /test"))
    digit = fields.Integer(allow_none=True, **about("the digit said, if told"))
    device = fields.String(allow_none=True, **about("label of what recorded it, if told"))
    mfcc = Frames(allow_none=True, **about("its frames; null where an embedding came"))
    embedding = UnitVector(
        attribute="sent.vector",
        dump_default=None,
        allow_none=True,
        **about("what came in their place"),
    )
    speech_frames = fields.Integer(
        attribute="sent.speech_frames",
        dump_default=None,
        allow_none=True,
        **about("how many frames of speech the embedding is of"),
    )
    network = fields.String(
        attribute="sent.network",
        dump_default=None,
        allow_none=True,
        **about("id of the network that made it"),
    )
    energy = Track(allow_none=True, **OF_OLD_TAKES)
    zcr = Track(allow_none=True, **OF_OLD_TAKES)
    lpc = Track(allow_none=True, **OF_OLD_TAKES)


class AuditEntrySchema(Schema):
    """Something that was done with the data, or refused."""

    datetime = fields.DateTime(attribute="created_at", **about("when it came"))
    caller = fields.String(**about("id of the token or key that asked"))
    action = fields.String(**about("what was done"))
    decision = fields.String(**about("how it ended"))
    reason = fields.String(allow_none=True, **about("null where it would help to get past a check"))
    address = fields.String(allow_none=True, **about("where the call came from"))


class ExportSchema(Schema):
    """Reply of /export."""

    alias = fields.String(**about("the speaker's name"))
    frontend = fields.String(allow_none=True, **about("the front end that they are enrolled with"))
    created_at = fields.DateTime(**about("when they were registered"))
    consent = fields.Nested(
        ConsentSchema, allow_none=True, **about("what they agreed to, if they did")
    )
    takes = fields.List(fields.Nested(TakeSchema), **about("oldest first"))
    scoring_log = fields.List(fields.Nested(ScoringSchema), **about("newest first"))
    audit_log = fields.List(fields.Nested(AuditEntrySchema), **about("newest first"))
