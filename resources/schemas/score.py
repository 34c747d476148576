"""Replies of /test and /score."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from resources.schemas.log import ScoringSchema


class FrameScoresSchema(Schema):
    """Statistics of frame scores (natural log-likelihoods)."""

    average = fields.Float()
    deviation = fields.Float()
    min = fields.Float()
    max = fields.Float()


class ReferenceSchema(FrameScoresSchema):
    """Reply of /test."""

    take = fields.String(metadata={"description": "name that the take is kept by"})
    score_threshold = fields.Float()
    result_reference = fields.Integer()
    mfcc_test_store_length = fields.Integer(metadata={"description": "reference frames kept"})


class QualitySchema(Schema):
    """What a decision rests on."""

    speech_s = fields.Float(
        allow_none=True, metadata={"description": "seconds of speech; null where it is unknown"}
    )
    warnings = fields.List(
        fields.String(), metadata={"description": "what stands in the way of a decision"}
    )


class ScoreSchema(FrameScoresSchema):
    """Reply of /score; its log holds the newest ten attempts, that of /status all sixty."""

    llr = fields.Float(
        allow_none=True,
        metadata={"description": "calibrated natural log-likelihood ratio; null without a system"},
    )
    probability = fields.Float(
        allow_none=True, metadata={"description": "of the claim, if both answers were as likely"}
    )
    threshold = fields.Float(
        allow_none=True, metadata={"description": "the least llr that is accepted"}
    )
    decision = fields.String(validate=validate.OneOf(["accept", "reject", "inconclusive"]))
    quality = fields.Nested(QualitySchema)

    length = fields.Integer(metadata={"description": "frames scored"})
    score = fields.Integer(metadata={"description": "frames above the threshold"})
    result_reference = fields.Integer()
    scoring_log = fields.List(
        fields.Nested(ScoringSchema), metadata={"description": "newest first"}
    )
