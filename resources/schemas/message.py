"""A message: cepstral frames of one stretch of speech."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from cepstra.frontend.definition import page_definition
from cepstra.resources.frames_field import Frames, Predictor, Track
from cepstra.resources.schemas.alias import LABEL_PATTERN, LABEL_RULE, valid_label
from cepstra.verification.message import Message

LPC = {"description": "12 predictor coefficients of the samples, where /status wants them"}
FRONT_ENDS = {page_definition().id: page_definition().coefficients}


class MessageSchema(Schema):
    """Cepstral frames of one stretch of speech; only `mfcc` is required."""

    mfcc = Frames(
        required=True, metadata={"description": "1 to 2000 frames of 2 to 40 cepstra, c0 first"}
    )
    energy = Track(metadata={"description": "energy of each windowed frame"})
    zcr = Track(metadata={"description": "zero crossings of each windowed frame"})
    lpc = Predictor(metadata=LPC)
    digit = fields.Integer(
        strict=True, validate=validate.Range(0, 9), metadata={"description": "the digit said"}
    )
    frontend = fields.String(
        validate=validate.OneOf(FRONT_ENDS, error="expected {choices}, or no front end at all"),
        metadata={"description": "id of the definition that made the frames"},
    )
    device = fields.String(
        validate=valid_label,
        metadata={
            "description": f"label of what recorded the speech, {LABEL_RULE}; of takes it is kept",
            "pattern": LABEL_PATTERN,
        },
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


class NewTakeSchema(MessageSchema):
    """Speech to be kept."""

    take = fields.String(
        validate=valid_label,
        metadata={
            "description": f"name of yours for the take, {LABEL_RULE}; the same take sent again "
            "under its name is kept once",
            "pattern": LABEL_PATTERN,
        },
    )
    check_digit = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={
            "description": "refuse the take (409, naming check_digit) where it sounds like "
            "another digit of this speaker than `digit`"
        },
    )
    confirm_voice = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={
            "description": "keep the take although it sounds unlike the speaker's other takes "
            "(else 409, naming confirm_voice, from the third take on); not with a person's session"
        },
    )
