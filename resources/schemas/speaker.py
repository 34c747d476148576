"""Speakers: one to create, one described, a page of them, one deleted."""

from __future__ import annotations

from marshmallow import Schema, fields

from cepstra.resources.about import about
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.alias import Alias


class NewSpeakerSchema(RequestSchema):
    """A speaker to create, or the new name of one."""

    alias = Alias(required=True)


class PageSchema(RequestSchema):
    """Where a list goes on."""

    after = Alias(
        may_be_empty=True, is_whole=True, load_default="", **about("alias of the last one seen")
    )


class SoughtSchema(PageSchema):
    """Where a list goes on, and of whom."""

    like = Alias(
        load_default="",
        **about("only those whose names differ from it by case, accents or what is not seen"),
    )


class SpeakerSchema(Schema):
    """A speaker."""

    alias = fields.String(**about("the speaker's name"))
    subject = fields.String(**about("the `sub` of assertions: never changes, is never given again"))
    frontend = fields.String(
        allow_none=True, **about("the front end that they are enrolled with, null before")
    )
    created_at = fields.DateTime(**about("when they were registered"))


class SpeakersSchema(Schema):
    """Reply of /speakers."""

    speakers = fields.List(
        fields.Nested(SpeakerSchema), **about("one page of them, in order of their names")
    )


class DeletedSchema(Schema):
    """Reply of a deletion."""

    deleted = fields.Boolean(**about("false: there was nothing to delete"))
