"""An attempt: a message, and which digits it holds."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from cepstra.frontend.message import MAX_ATTEMPT_FRAMES, MAX_FRAMES
from cepstra.resources.about import about
from cepstra.resources.frames_field import BoundedList, Frames, Ignored
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.message import NOT_USED, MessageSchema
from cepstra.verification.message import Message

MOST_SEGMENTS = 120  # each is analysed by itself; two a second of the longest attempt


class SegmentSchema(RequestSchema):
    """A digit and how many of the frames hold it."""

    digit = fields.Integer(
        strict=True, required=True, validate=validate.Range(0, 9), **about("the digit said")
    )
    frames = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, MAX_FRAMES),
        **about("how many frames it has"),
    )
    lpc = Ignored(NOT_USED)


class AttemptSchema(MessageSchema):
    """Speech to be verified; `segments` tells which digits it holds, in place of `digit`."""

    mfcc = Frames(most=MAX_ATTEMPT_FRAMES, **about("1 to 6000 frames of 2 to 40 cepstra, c0 first"))
    segments = BoundedList(
        fields.Nested(SegmentSchema),
        validate=validate.Length(1, MOST_SEGMENTS),
        **about("the digits said, in order; their frames add up to all frames"),
    )

    @validates_schema(skip_on_field_errors=True)
    def _cover_all_frames(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "segments" not in data or "mfcc" not in data:
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
        if whole.embedding:
            return [whole]
        if segments is None:
            return _parts(whole)
        return whole.split([(s["digit"], s["frames"]) for s in segments])


def _parts(whole: Message) -> list[Message]:
    """Cut what is longer than a message into such of about one length."""
    n_frames = len(whole.frames)
    count = -(-n_frames // MAX_FRAMES)
    if count == 1:
        return [whole]
    lengths = [n_frames // count + (n < n_frames % count) for n in range(count)]
    return whole.split([(whole.digit, length) for length in lengths])
