"""Entries of a speaker's logs."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from cepstra.resources.about import about

DECIDED = validate.OneOf(["accept", "reject", "inconclusive"])
WITHHELD = "null, while auth is on, without the scope `scores`"


class LogEntrySchema(Schema):
    """Something that was said."""

    datetime = fields.DateTime(**about("when it came"))
    digit = fields.Integer(allow_none=True, **about("the digit said, if told"))


class TakenSchema(LogEntrySchema):
    """One take that is kept."""

    take = fields.String(**about("its name, to forget it by"))
    device = fields.String(allow_none=True, **about("label of what recorded it, if told"))


class ScoringSchema(LogEntrySchema):
    """One scored attempt; `digit` is the last of its digits."""

    digits = fields.List(fields.Integer(), **about("the digits said, in order, those told"))
    result = fields.Integer(
        allow_none=True, **about(f"frames above the threshold, percent; {WITHHELD}")
    )
    decided = fields.String(
        allow_none=True,
        validate=DECIDED,
        **about("what was decided; null of attempts older than version 1.0.0"),
    )
