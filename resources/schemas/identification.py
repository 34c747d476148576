"""The outside shape of comparisons: attempts with attempts and with everybody."""

from __future__ import annotations

from typing import Any, get_args

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from cepstra.resources.about import about
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.alias import AliasSchema
from cepstra.resources.schemas.attempt import AttemptSchema
from cepstra.resources.schemas.log import DECIDED, WITHHELD
from cepstra.resources.schemas.score import COSINE, EMBEDDING, QualitySchema, WithSchema
from cepstra.verification.identification import SHORTLIST
from cepstra.verification.recognition import Outcome

MOST_COMPARED_FRAMES, MOST_COMPARED_MESSAGES = 8000, 40  # each side is enrolled and scored


class ComparisonSchema(RequestSchema):
    """Two attempts of at most 8000 frames and 40 segments together."""

    first = fields.Nested(AttemptSchema, required=True, **about("one side"))
    second = fields.Nested(AttemptSchema, required=True, **about("the other side"))

    @validates_schema(skip_on_field_errors=True)
    def _take_no_longer_than_other_calls(self, data: dict[str, Any], **kwargs: Any) -> None:
        messages = [*data["first"], *data["second"]]
        n_frames = sum(len(message.frames) for message in messages)
        if n_frames > MOST_COMPARED_FRAMES:
            text = f"expected {MOST_COMPARED_FRAMES} frames at most on both sides, got {n_frames}"
            raise ValidationError(text, "second.mfcc")
        if len(messages) > MOST_COMPARED_MESSAGES:
            text = f"expected {MOST_COMPARED_MESSAGES} segments at most on both sides"
            raise ValidationError(f"{text}, got {len(messages)}", "second.segments")


class SameVoiceSchema(Schema):
    """Reply of /compare."""

    cosine = fields.Float(allow_none=True, **about("of the two embeddings; null unless asked for"))
    embeddings = fields.List(
        fields.List(fields.Float()),
        allow_none=True,
        **about("of first and second, unit vectors; null unless asked for"),
    )

    llr = fields.Float(
        allow_none=True,
        **about(f"calibrated natural log-likelihood ratio, mean of both ways; {WITHHELD}"),
    )
    probability = fields.Float(
        allow_none=True, **about(f"of one voice, if one and two were as likely; {WITHHELD}")
    )
    threshold = fields.Float(**about("the least llr that is accepted"))
    decision = fields.String(validate=DECIDED, **about("accept: the same voice"))
    quality = fields.Nested(QualitySchema, **about("what the decision rests on"))


class TopSchema(WithSchema):
    """How long a ranking may be."""

    top = fields.Integer(
        load_default=10,
        validate=validate.Range(1, SHORTLIST),
        **about(f"candidates in the ranking, 1 to {SHORTLIST}"),
    )


class RankSchema(Schema):
    """A candidate."""

    cosine = fields.Float(allow_none=True, **COSINE)

    alias = fields.String(**about("the speaker's name"))
    llr = fields.Float(
        allow_none=True, **about(f"calibrated natural log-likelihood ratio; {WITHHELD}")
    )
    probability = fields.Float(
        allow_none=True, **about("of this speaker, if somebody enrolled and nobody were as likely")
    )


class IdentificationSchema(Schema):
    """Reply of /identify."""

    embedding = fields.List(fields.Float(), allow_none=True, **EMBEDDING)

    decision = fields.String(
        validate=validate.OneOf(["identified", "none", "inconclusive"]),
        **about("whether one of them it is"),
    )
    speaker = fields.String(allow_none=True, **about("alias; null for nobody"))
    ranking = fields.List(fields.Nested(RankSchema), **about("most likely candidates first"))
    probability_none = fields.Float(allow_none=True, **about(f"of nobody enrolled; {WITHHELD}"))
    threshold = fields.Float(**about("the llr that identifies among so many speakers"))
    n_speakers = fields.Integer(**about("speakers searched"))
    quality = fields.Nested(QualitySchema, **about("what the decision rests on"))


class RecognisedSchema(AliasSchema, WithSchema):
    """Whom speech is said to be of."""

    re_register = fields.Boolean(
        load_default=False, **about("replace takes of that name that do not express the voice")
    )


class RecognitionSchema(Schema):
    """Reply of /recognise."""

    embedding = fields.List(fields.Float(), allow_none=True, **EMBEDDING)

    outcome = fields.String(
        validate=validate.OneOf(get_args(Outcome)),
        **about(
            "other-voice: known, of another name; none: not known, and the name is"
            " somebody's; inconclusive: too little speech, nothing is kept"
        ),
    )
    name = fields.String(**about("whom the speech is said to be of"))
    speaker = fields.String(allow_none=True, **about("alias of who it is; null for nobody"))
    ranking = fields.List(
        fields.Nested(RankSchema), **about("the likeliest, if anybody is enrolled")
    )
    threshold = fields.Float(**about("the llr that identifies among so many speakers"))
    n_speakers = fields.Integer(**about("speakers searched"))
    quality = fields.Nested(QualitySchema, **about("what the decision rests on"))


class OthersSchema(AliasSchema):
    """A speaker and how many others to try."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 50),
        **about("others at most, those trained last; 1 to 50"),
    )


class IntrusionSchema(Schema):
    """Somebody's speech on the own model."""

    alias = fields.String(**about("the speaker's name"))
    result = fields.Integer(
        allow_none=True, **about(f"frames above the threshold, percent; {WITHHELD}")
    )
    test_data_length = fields.Integer(**about("frames tried"))
    take_scores = fields.List(
        fields.Float(),
        **about(
            "average frame score of each take, for a histogram; empty for the own"
            " speech where models keep no scores of single takes, and, while auth is on, without"
            " the scope `scores`"
        ),
    )


class IntrusionTestSchema(Schema):
    """Reply of /intrusionTest; the first result is the speaker's own."""

    results = fields.List(
        fields.Nested(IntrusionSchema), **about("one entry a speaker, the own first")
    )


class ExchangeSchema(Schema):
    """Two speakers, each on the other's model."""

    alias = fields.String(**about("the speaker's name"))
    result_alias_model = fields.Integer(
        allow_none=True,
        **about(
            f"own frames above the other's threshold, percent; null: it has none; also {WITHHELD}"
        ),
    )
    result_user_model = fields.Integer(
        allow_none=True, **about(f"the other's frames above the own threshold, percent; {WITHHELD}")
    )


class BenchmarkSchema(Schema):
    """Reply of /benchmark."""

    results = fields.List(
        fields.Nested(ExchangeSchema), **about("one entry a speaker, the own first")
    )
