"""The outside shape of comparisons: attempts against attempts and against everybody."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from resources.schemas.attempt import AttemptSchema
from resources.schemas.score import QualitySchema

DECISION: dict[str, Any] = {"validate": validate.OneOf(["accept", "reject", "inconclusive"])}


class ComparisonSchema(Schema):
    """Two attempts; each may carry `segments`."""

    first = fields.Nested(AttemptSchema, required=True)
    second = fields.Nested(AttemptSchema, required=True)


class SameVoiceSchema(Schema):
    """Reply of /compare."""

    llr = fields.Float(
        metadata={"description": "calibrated natural log-likelihood ratio, mean of both ways"}
    )
    probability = fields.Float(
        metadata={"description": "of one voice, if one and two were as likely"}
    )
    decision = fields.String(**DECISION, metadata={"description": "accept: the same voice"})
    quality = fields.Nested(QualitySchema)
