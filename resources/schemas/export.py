"""The outside shape of a speaker's own data, as they are handed out."""

from __future__ import annotations

from marshmallow import Schema, fields

from cepstra.resources.frames_field import Frames, Track, UnitVector
from cepstra.resources.schemas.consent import ConsentSchema
from cepstra.resources.schemas.log import ScoringSchema

OF_OLD_TAKES = {"description": "null but in takes of a service that still kept it"}


class TakeSchema(Schema):
    """One take as it is kept."""

    take = fields.String(attribute="name", metadata={"description": "name that it is kept by"})
    datetime = fields.DateTime(metadata={"description": "when it came"})
    role = fields.String(metadata={"description": "train, or reference for those of /test"})
    digit = fields.Integer(allow_none=True, metadata={"description": "the digit said, if told"})
    device = fields.String(
        allow_none=True, metadata={"description": "label of what recorded it, if told"}
    )
    mfcc = Frames(
        allow_none=True, metadata={"description": "its frames; null where an embedding came"}
    )
    embedding = UnitVector(
        attribute="sent.vector",
        dump_default=None,
        allow_none=True,
        metadata={"description": "what came in their place"},
    )
    speech_frames = fields.Integer(
        attribute="sent.speech_frames",
        dump_default=None,
        allow_none=True,
        metadata={"description": "how many frames of speech the embedding is of"},
    )
    network = fields.String(
        attribute="sent.network",
        dump_default=None,
        allow_none=True,
        metadata={"description": "id of the network that made it"},
    )
    energy = Track(allow_none=True, metadata=OF_OLD_TAKES)
    zcr = Track(allow_none=True, metadata=OF_OLD_TAKES)
    lpc = Track(allow_none=True, metadata=OF_OLD_TAKES)


class AuditEntrySchema(Schema):
    """Something that was done with the data, or refused."""

    datetime = fields.DateTime(attribute="created_at", metadata={"description": "when it came"})
    caller = fields.String(metadata={"description": "id of the token or key that asked"})
    action = fields.String(metadata={"description": "what was done"})
    decision = fields.String(metadata={"description": "how it ended"})
    reason = fields.String(
        allow_none=True, metadata={"description": "null where it would help to get past a check"}
    )
    address = fields.String(allow_none=True, metadata={"description": "where the call came from"})


class ExportSchema(Schema):
    """Reply of /export."""

    alias = fields.String(metadata={"description": "the speaker's name"})
    frontend = fields.String(
        allow_none=True, metadata={"description": "the front end that they are enrolled with"}
    )
    created_at = fields.DateTime(metadata={"description": "when they were registered"})
    consent = fields.Nested(
        ConsentSchema, allow_none=True, metadata={"description": "what they agreed to, if they did"}
    )
    takes = fields.List(fields.Nested(TakeSchema), metadata={"description": "oldest first"})
    scoring_log = fields.List(
        fields.Nested(ScoringSchema), metadata={"description": "newest first"}
    )
    audit_log = fields.List(
        fields.Nested(AuditEntrySchema), metadata={"description": "newest first"}
    )
