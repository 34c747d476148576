"""Replies of /test and /score."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from cepstra.resources.schemas.alias import AliasSchema
from cepstra.resources.schemas.log import WITHHELD, ScoringSchema
from cepstra.resources.schemas.plain_reply import PlainReply

COSINE = {
    "description": "of the embeddings of attempt and speaker; null unless asked for with "
    "with=embedding, for which the scope `scores` is needed"
}
EMBEDDING = {"description": "of the attempt, a unit vector; null unless asked for"}


class WithSchema(Schema):
    """What a reply is to hold besides."""

    more = fields.String(
        data_key="with",
        validate=validate.OneOf(["embedding"]),
        metadata={"description": "embedding: the attempt's, and its cosine; needs scope `scores`"},
    )


class ScoredSchema(AliasSchema, WithSchema):
    """The speaker claimed, what decides, and what the reply is to hold besides."""

    system = fields.String(
        metadata={
            "description": "name of a network of MODEL_FOLDERS that decides in place of the "
            "shipped system; not with a challenge"
        }
    )


class FrameScoresSchema(Schema):
    """Statistics of frame scores (natural log-likelihoods).

    While auth is on, what tells how close speech came is null here and elsewhere, save for keys
    with the scope `scores`, who get it in coarse steps.
    """

    average = fields.Float(
        allow_none=True, metadata={"description": f"mean of the frame scores; {WITHHELD}"}
    )
    deviation = fields.Float(
        allow_none=True, metadata={"description": f"their standard deviation; {WITHHELD}"}
    )
    min = fields.Float(allow_none=True, metadata={"description": f"the lowest; {WITHHELD}"})
    max = fields.Float(allow_none=True, metadata={"description": f"the highest; {WITHHELD}"})


class ReferenceSchema(FrameScoresSchema):
    """Reply of /test."""

    take = fields.String(metadata={"description": "name that the take is kept by"})
    score_threshold = fields.Float(
        metadata={"description": "frame score above which a frame counts"}
    )
    result_reference = fields.Integer(
        metadata={"description": "share of reference frames above it, whole percent"}
    )
    mfcc_test_store_length = fields.Integer(metadata={"description": "reference frames kept"})


class QualitySchema(Schema):
    """What a decision rests on."""

    speech_s = fields.Float(
        allow_none=True, metadata={"description": "seconds of speech; null where it is unknown"}
    )
    warnings = fields.List(
        fields.String(), metadata={"description": "what stands in the way of a decision"}
    )


class ScoreSchema(PlainReply, FrameScoresSchema):
    """Reply of /score; its log holds the newest ten attempts, that of /status all sixty."""

    llr = fields.Float(
        allow_none=True,
        metadata={
            "description": "calibrated natural log-likelihood ratio; null without a system; "
            f"also {WITHHELD}"
        },
    )
    probability = fields.Float(
        allow_none=True, metadata={"description": "of the claim, if both answers were as likely"}
    )
    threshold = fields.Float(
        allow_none=True, metadata={"description": "the least llr that is accepted"}
    )
    decision = fields.String(
        validate=validate.OneOf(["accept", "reject", "inconclusive"]),
        metadata={"description": "whether the claim is accepted"},
    )
    quality = fields.Nested(QualitySchema, metadata={"description": "what the decision rests on"})

    cosine = fields.Float(allow_none=True, metadata=COSINE)
    embedding = fields.List(fields.Float(), allow_none=True, metadata=EMBEDDING)
    length = fields.Integer(metadata={"description": "frames scored"})
    score = fields.Integer(
        allow_none=True,
        metadata={
            "description": "frames above the threshold; null without reference speech; "
            f"also {WITHHELD}"
        },
    )
    result_reference = fields.Integer(
        allow_none=True,
        metadata={"description": "share of reference frames above it, whole percent, or null"},
    )
    scoring_log = fields.List(
        fields.Nested(ScoringSchema), metadata={"description": "newest first"}
    )
