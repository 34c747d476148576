"""Entries of a speaker's logs."""

from __future__ import annotations

from marshmallow import Schema, fields


class LogEntrySchema(Schema):
    """One trained digit."""

    datetime = fields.DateTime()
    digit = fields.Integer(allow_none=True)


class ScoringSchema(LogEntrySchema):
    """One scored attempt."""

    result = fields.Integer(metadata={"description": "frames above the threshold, percent"})
