"""Entries of a speaker's logs."""

from __future__ import annotations

from marshmallow import Schema, fields

WITHHELD = "null, while auth is on, without the scope `scores`"


class LogEntrySchema(Schema):
    """Something that was said."""

    datetime = fields.DateTime(metadata={"description": "when it came"})
    digit = fields.Integer(allow_none=True, metadata={"description": "the digit said, if told"})


class TakenSchema(LogEntrySchema):
    """One take that is kept."""

    take = fields.String(metadata={"description": "its name, to forget it by"})
    device = fields.String(
        allow_none=True, metadata={"description": "label of what recorded it, if told"}
    )


class ScoringSchema(LogEntrySchema):
    """One scored attempt; `digit` is the last of its digits."""

    digits = fields.List(
        fields.Integer(), metadata={"description": "the digits said, in order, those told"}
    )
    result = fields.Integer(
        allow_none=True,
        metadata={"description": f"frames above the threshold, percent; {WITHHELD}"},
    )
