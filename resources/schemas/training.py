"""Replies of /train."""

from __future__ import annotations

from marshmallow import fields

from cepstra.resources.schemas.log import TakenSchema
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
