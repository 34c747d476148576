"""The outside shape of all data: requests and replies, and nowhere else."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from features.definition import page_definition
from resources.frames_field import MAX_FRAMES, Frames, Track
from verification.message import Message

ALIAS_PATTERN = "^[A-Za-z0-9._-]{1,64}$"
ALIAS_RULE = "1 to 64 of letters, digits, '.', '_' and '-'"
FRONT_ENDS = {page_definition().id: page_definition().coefficients}


class MessageSchema(Schema):
    """Cepstral frames of one stretch of speech; only `mfcc` is required."""

    mfcc = Frames(
        required=True, metadata={"description": "1 to 2000 frames of 2 to 40 cepstra, c0 first"}
    )
    energy = Track(metadata={"description": "energy of each windowed frame"})
    zcr = Track(metadata={"description": "zero crossings of each windowed frame"})
    digit = fields.Integer(
        strict=True, validate=validate.Range(0, 9), metadata={"description": "the digit said"}
    )
    frontend = fields.String(
        validate=validate.OneOf(FRONT_ENDS, error="expected {choices}, or no front end at all"),
        metadata={"description": "id of the definition that made the frames"},
    )

    @validates_schema
    def _agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        n_frames, width = data["mfcc"].shape
        for name in ("energy", "zcr"):
            if name in data and len(data[name]) != n_frames:
                text = f"expected {n_frames} numbers, one a frame, got {len(data[name])}"
                raise ValidationError(text, name)
        expected = FRONT_ENDS.get(data.get("frontend", ""), width)
        if width != expected:
            text = f"expected {expected} coefficients of {data['frontend']}, got {width}"
            raise ValidationError(text, "mfcc")

    @post_load
    def _message(self, data: dict[str, Any], **kwargs: Any) -> Message:
        return Message(frames=data.pop("mfcc"), **data)


def _valid_alias(text: str) -> None:
    if not re.fullmatch(ALIAS_PATTERN.strip("^$"), text):
        raise ValidationError(f"expected {ALIAS_RULE}, got {text[:80]!r}")


ALIAS: dict[str, Any] = {
    "validate": _valid_alias,
    "metadata": {"description": ALIAS_RULE, "pattern": ALIAS_PATTERN},
}


class SegmentSchema(Schema):
    """A digit and how many of the frames hold it."""

    digit = fields.Integer(strict=True, required=True, validate=validate.Range(0, 9))
    frames = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_FRAMES))


class AttemptSchema(MessageSchema):
    """Speech to be verified; `segments` tells which digits it holds, in place of `digit`."""

    segments = fields.List(
        fields.Nested(SegmentSchema),
        validate=validate.Length(1, MAX_FRAMES),
        metadata={"description": "the digits said, in order; their frames add up to all frames"},
    )

    @validates_schema(skip_on_field_errors=True)
    def _cover_all_frames(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "segments" not in data:
            return
        if "digit" in data:
            raise ValidationError("expected either digit or segments, got both", "segments")
        covered, n_frames = sum(s["frames"] for s in data["segments"]), len(data["mfcc"])
        if covered != n_frames:
            text = f"expected segments of {n_frames} frames together, got {covered}"
            raise ValidationError(text, "segments")

    @post_load
    def _message(self, data: dict[str, Any], **kwargs: Any) -> list[Message]:
        segments = data.pop("segments", None)
        whole: Message = super()._message(data)
        if segments is None:
            return [whole]
        return whole.split([(s["digit"], s["frames"]) for s in segments])


class NewSpeakerSchema(Schema):
    """A speaker to create."""

    alias = fields.String(required=True, **ALIAS)


class AliasSchema(Schema):
    """The speaker named in the address."""

    speaker = fields.String(load_default="default", **ALIAS)


class PageSchema(Schema):
    """Where a list goes on."""

    after = fields.String(load_default="", metadata={"description": "alias of the last one seen"})


class LogEntrySchema(Schema):
    """One trained digit."""

    datetime = fields.DateTime()
    digit = fields.Integer(allow_none=True)


class ScoringSchema(LogEntrySchema):
    """One scored attempt."""

    result = fields.Integer(metadata={"description": "frames above the threshold, percent"})


class TrainingSchema(Schema):
    """Reply of /train."""

    mfcc_train_store_length = fields.Integer(metadata={"description": "training frames kept"})
    train_data_length = fields.Integer(metadata={"description": "frames the model is made from"})
    test_data_length = fields.Integer(metadata={"description": "frames of the reference"})
    training_time = fields.Float(metadata={"description": "seconds"})
    training_progress = fields.Integer(metadata={"description": "percent of 60 digits"})
    training_log = fields.List(
        fields.Nested(LogEntrySchema), metadata={"description": "newest first"}
    )
    score_threshold = fields.Float(
        allow_none=True, metadata={"description": "null while there is no reference"}
    )
    result_reference = fields.Integer(
        allow_none=True, metadata={"description": "reference frames above the threshold, percent"}
    )


class FrameScoresSchema(Schema):
    """Statistics of frame scores (natural log-likelihoods)."""

    average = fields.Float()
    deviation = fields.Float()
    min = fields.Float()
    max = fields.Float()


class ReferenceSchema(FrameScoresSchema):
    """Reply of /test."""

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
    decision = fields.String(validate=validate.OneOf(["accept", "reject", "inconclusive"]))
    quality = fields.Nested(QualitySchema)

    length = fields.Integer(metadata={"description": "frames scored"})
    score = fields.Integer(metadata={"description": "frames above the threshold"})
    result_reference = fields.Integer()
    scoring_log = fields.List(
        fields.Nested(ScoringSchema), metadata={"description": "newest first"}
    )


class StatusSchema(TrainingSchema):
    """Reply of /status."""

    class Meta:
        """A status is not a training, so it takes no time."""

        exclude = ("training_time",)

    alias = fields.String()
    mfcc_test_store_length = fields.Integer(metadata={"description": "reference frames kept"})
    scoring_log = fields.List(
        fields.Nested(ScoringSchema), metadata={"description": "newest first"}
    )


class SpeakerSchema(Schema):
    """A speaker."""

    alias = fields.String()
    frontend = fields.String(allow_none=True)
    created_at = fields.DateTime()


class SpeakersSchema(Schema):
    """Reply of /speakers."""

    speakers = fields.List(fields.Nested(SpeakerSchema))


class DeletedSchema(Schema):
    """Reply of a deletion."""

    deleted = fields.Boolean(metadata={"description": "false: there was nothing to delete"})


class HealthSchema(Schema):
    """Reply of /health."""

    status = fields.String()


class ErrorSchema(Schema):
    """Every error."""

    code = fields.Integer()
    message = fields.String()
    description = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
