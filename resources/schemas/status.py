"""Replies of /train and /status."""

from __future__ import annotations

from marshmallow import Schema, fields

from cepstra.resources.schemas.consent import ConsentSchema
from cepstra.resources.schemas.log import WITHHELD, ScoringSchema, TakenSchema
from cepstra.resources.schemas.plain_reply import PlainReply


class TrainingSchema(PlainReply):
    """Reply of /train."""

    take = fields.String(metadata={"description": "name that the take is kept by"})
    mfcc_train_store_length = fields.Integer(metadata={"description": "training frames kept"})
    train_data_length = fields.Integer(metadata={"description": "frames the model is made from"})
    test_data_length = fields.Integer(metadata={"description": "frames of the reference"})
    training_time = fields.Float(metadata={"description": "seconds"})
    training_progress = fields.Integer(metadata={"description": "percent of 60 digits"})
    training_log = fields.List(fields.Nested(TakenSchema), metadata={"description": "newest first"})
    score_threshold = fields.Float(
        allow_none=True, metadata={"description": "null while there is no reference"}
    )
    result_reference = fields.Integer(
        allow_none=True, metadata={"description": "reference frames above the threshold, percent"}
    )


class DeviceSchema(Schema):
    """A device that a speaker enrolled with."""

    device = fields.String(allow_none=True, metadata={"description": "null: takes that named none"})
    takes = fields.Integer(metadata={"description": "training and reference takes kept"})


class StatusSchema(TrainingSchema):
    """Reply of /status."""

    class Meta:
        """A status is not a training: it takes no time and adds no take."""

        exclude = ("training_time", "take")

    alias = fields.String(metadata={"description": "the speaker's name"})
    devices = fields.List(
        fields.Nested(DeviceSchema), metadata={"description": "in order of label"}
    )
    consent = fields.Nested(
        ConsentSchema, allow_none=True, metadata={"description": "what they agreed to; null before"}
    )
    rejects = fields.Integer(metadata={"description": "attempts rejected since the last accept"})
    locked_until = fields.DateTime(
        allow_none=True, metadata={"description": "no attempt is taken before; null: not locked"}
    )
    consistency = fields.Integer(
        allow_none=True,
        metadata={
            "description": "how alike the two groups of takes are that differ most, percent; null "
            f"below six takes; {WITHHELD}"
        },
    )
    unlike_takes = fields.List(
        fields.String(),
        metadata={"description": "names of the fewer takes, where there seem to be two voices"},
    )
    sounds_like_another = fields.Boolean(
        metadata={"description": "/identify would take the newest takes for another speaker's"}
    )
    sounds_like = fields.String(
        allow_none=True,
        metadata={"description": "whose; null, while auth is on, without the scope `admin`"},
    )
    mfcc_test_store_length = fields.Integer(metadata={"description": "reference frames kept"})
    scoring_log = fields.List(
        fields.Nested(ScoringSchema), metadata={"description": "newest first"}
    )
