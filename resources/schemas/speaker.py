"""Speakers: one to create, one described, a page of them, one deleted."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from resources.schemas.alias import ALIAS, ALIAS_PATTERN, ALIAS_RULE


class NewSpeakerSchema(Schema):
    """A speaker to create."""

    alias = fields.String(required=True, **ALIAS)


class PageSchema(Schema):
    """Where a list goes on."""

    after = fields.String(
        load_default="",
        validate=validate.Regexp(ALIAS_PATTERN.replace("1,", "0,"), error=f"expected {ALIAS_RULE}"),
        metadata={"description": "alias of the last one seen"},
    )


class SpeakerSchema(Schema):
    """A speaker."""

    alias = fields.String()
    frontend = fields.String(allow_none=True)
    created_at = fields.DateTime()


class SpeakersSchema(Schema):
    """Reply of /speakers."""

    speakers = fields.List(fields.Nested(SpeakerSchema))


class DeletedSchema(Schema):
    """Reply of a deletion."""

    deleted = fields.Boolean(metadata={"description": "false: there was nothing to delete"})
