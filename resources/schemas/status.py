"""Replies of /train and /status."""

from __future__ import annotations

from marshmallow import Schema, fields

from cepstra.resources.about import about
from cepstra.resources.schemas.consent import ConsentSchema
from cepstra.resources.schemas.log import WITHHELD, ScoringSchema, TakenSchema
from cepstra.resources.schemas.plain_reply import PlainReply


class TrainingSchema(PlainReply):
    """Reply of /train."""

    take = fields.String(**about("name that the take is kept by"))
    mfcc_train_store_length = fields.Integer(**about("training frames kept"))
    train_data_length = fields.Integer(**about("frames the model is made from"))
    test_data_length = fields.Integer(**about("frames of the reference"))
    training_time = fields.Float(**about("seconds"))
    training_progress = fields.Integer(**about("percent of 60 digits"))
    training_log = fields.List(fields.Nested(TakenSchema), **about("newest first"))
    score_threshold = fields.Float(allow_none=True, **about("null while there is no reference"))
    result_reference = fields.Integer(
        allow_none=True, **about("reference frames above the threshold, percent")
    )


class DeviceSchema(Schema):
    """A device that a speaker enrolled with."""

    device = fields.String(allow_none=True, **about("null: takes that named none"))
    takes = fields.Integer(**about("training and reference takes kept"))


class StatusSchema(TrainingSchema):
    """Reply of /status."""

    class Meta:
        """A status is not a training: it takes no time and adds no take."""

        exclude = ("training_time", "take")

    alias = fields.String(**about("the speaker's name"))
    devices = fields.List(fields.Nested(DeviceSchema), **about("in order of label"))
    consent = fields.Nested(
        ConsentSchema, allow_none=True, **about("what they agreed to; null before")
    )
    rejects = fields.Integer(**about("attempts rejected since the last accept"))
    locked_until = fields.DateTime(
        allow_none=True, **about("no attempt is taken before; null: not locked")
    )
    consistency = fields.Integer(
        allow_none=True,
        **about(
            "how alike the two groups of takes are that differ most, percent; null "
            f"below six takes; {WITHHELD}"
        ),
    )
    unlike_takes = fields.List(
        fields.String(), **about("names of the fewer takes, where there seem to be two voices")
    )
    sounds_like_another = fields.Boolean(
        **about("/identify would take the newest takes for another speaker's")
    )
    sounds_like = fields.String(
        allow_none=True, **about("whose; null, while auth is on, without the scope `admin`")
    )
    mfcc_test_store_length = fields.Integer(**about("reference frames kept"))
    scoring_log = fields.List(fields.Nested(ScoringSchema), **about("newest first"))
