"""Replies of /status."""

from __future__ import annotations

from marshmallow import fields

from resources.schemas.consent import ConsentSchema
from resources.schemas.log import ScoringSchema
from resources.schemas.training import TrainingSchema


class StatusSchema(TrainingSchema):
    """Reply of /status."""

    class Meta:
        """A status is not a training, so it takes no time."""

        exclude = ("training_time",)

    alias = fields.String()
    consent = fields.Nested(ConsentSchema, allow_none=True)
    rejects = fields.Integer(metadata={"description": "attempts rejected since the last accept"})
    locked_until = fields.DateTime(
        allow_none=True, metadata={"description": "no attempt is taken before; null: not locked"}
    )
    mfcc_test_store_length = fields.Integer(metadata={"description": "reference frames kept"})
    scoring_log = fields.List(
        fields.Nested(ScoringSchema), metadata={"description": "newest first"}
    )
