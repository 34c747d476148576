"""Speakers: one to create, one described, a page of them, one deleted."""

from __future__ import annotations

from marshmallow import Schema, fields

from cepstra.resources.schemas.alias import Alias


class NewSpeakerSchema(Schema):
    """A speaker to create, or the new name of one."""

    alias = Alias(required=True)


class PageSchema(Schema):
    """Where a list goes on."""

    after = Alias(
        may_be_empty=True,
        is_whole=True,
        load_default="",
        metadata={"description": "alias of the last one seen"},
    )


class SpeakerSchema(Schema):
    """A speaker."""

    alias = fields.String(metadata={"description": "the speaker's name"})
    subject = fields.String(
        metadata={"description": "the `sub` of assertions: never changes, is never given again"}
    )
    frontend = fields.String(
        allow_none=True,
        metadata={"description": "the front end that they are enrolled with, null before"},
    )
    created_at = fields.DateTime(metadata={"description": "when they were registered"})


class SpeakersSchema(Schema):
    """Reply of /speakers."""

    speakers = fields.List(
        fields.Nested(SpeakerSchema),
        metadata={"description": "one page of them, in order of their names"},
    )


class DeletedSchema(Schema):
    """Reply of a deletion."""

    deleted = fields.Boolean(metadata={"description": "false: there was nothing to delete"})
