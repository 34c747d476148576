"""Replies of /test and /score."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from cepstra.resources.about import about
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.alias import AliasSchema
from cepstra.resources.schemas.log import DECIDED, WITHHELD, ScoringSchema
from cepstra.resources.schemas.plain_reply import PlainReply

COSINE = about(
    "of the embeddings of attempt and speaker; null unless asked for with "
    "with=embedding, for which the scope `scores` is needed"
)
EMBEDDING = about("of the attempt, a unit vector; null unless asked for")


class WithSchema(RequestSchema):
    """What a reply is to hold besides."""

    more = fields.String(
        data_key="with",
        validate=validate.OneOf(["embedding"]),
        **about("embedding: the attempt's, and its cosine; needs scope `scores`"),
    )


class ScoredSchema(AliasSchema, WithSchema):
    """The speaker claimed, what decides, and what the reply is to hold besides."""

    system = fields.String(
        **about(
            "name of a network of MODEL_FOLDERS that decides in place of the "
            "shipped system; not with a challenge"
        )
    )


class FrameScoresSchema(Schema):
    """Statistics of frame scores (natural log-likelihoods).

    While auth is on, what tells how close speech came is null here and elsewhere, save for keys
    with the scope `scores`, who get it in coarse steps.
    """

    average = fields.Float(allow_none=True, **about(f"mean of the frame scores; {WITHHELD}"))
    deviation = fields.Float(allow_none=True, **about(f"their standard deviation; {WITHHELD}"))
    min = fields.Float(allow_none=True, **about(f"the lowest; {WITHHELD}"))
    max = fields.Float(allow_none=True, **about(f"the highest; {WITHHELD}"))


class ReferenceSchema(FrameScoresSchema):
    """Reply of /test."""

    take = fields.String(**about("name that the take is kept by"))
    score_threshold = fields.Float(**about("frame score above which a frame counts"))
    result_reference = fields.Integer(**about("share of reference frames above it, whole percent"))
    mfcc_test_store_length = fields.Integer(**about("reference frames kept"))


class QualitySchema(Schema):
    """What a decision rests on."""

    speech_s = fields.Float(allow_none=True, **about("seconds of speech; null where it is unknown"))
    warnings = fields.List(fields.String(), **about("what stands in the way of a decision"))


class ScoreSchema(PlainReply, FrameScoresSchema):
    """Reply of /score; its log holds the newest ten attempts, that of /status all sixty."""

    llr = fields.Float(
        allow_none=True,
        **about(f"calibrated natural log-likelihood ratio; null without a system; also {WITHHELD}"),
    )
    probability = fields.Float(
        allow_none=True, **about("of the claim, if both answers were as likely")
    )
    threshold = fields.Float(allow_none=True, **about("the least llr that is accepted"))
    decision = fields.String(validate=DECIDED, **about("whether the claim is accepted"))
    quality = fields.Nested(QualitySchema, **about("what the decision rests on"))

    cosine = fields.Float(allow_none=True, **COSINE)
    embedding = fields.List(fields.Float(), allow_none=True, **EMBEDDING)
    length = fields.Integer(**about("frames scored"))
    score = fields.Integer(
        allow_none=True,
        **about(f"frames above the threshold; null without reference speech; also {WITHHELD}"),
    )
    result_reference = fields.Integer(
        allow_none=True, **about("share of reference frames above it, whole percent, or null")
    )
    scoring_log = fields.List(fields.Nested(ScoringSchema), **about("newest first"))
