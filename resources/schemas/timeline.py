"""The outside shape of timelines."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from numpy.typing import NDArray

from cepstra.resources.about import about
from cepstra.resources.frames_field import Frames, Ignored
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.log import WITHHELD
from cepstra.resources.schemas.message import FRONT_ENDS, NOT_USED

MOST_FRAMES = 12_000  # two minutes, about what the largest body holds


class ConversationSchema(RequestSchema):
    """Frames of people who talk, pauses and all: the noise between words is needed.

    Loads as those of one channel, or of each side of a call.
    """

    mfcc = Frames(
        most=MOST_FRAMES,
        required=True,
        **about(f"1 to {MOST_FRAMES} frames of 20 cepstra, c0 first"),
    )
    other_side = Frames(
        most=MOST_FRAMES // 2,
        **about(
            "of a call with a side in each of two channels the frames of the other one, as many; "
            f"1 to {MOST_FRAMES // 2} of each"
        ),
    )
    frontend = fields.String(
        required=True,
        validate=validate.OneOf(FRONT_ENDS, error="expected {choices}"),
        **about("id of the definition that made the frames"),
    )

    energy = Ignored(NOT_USED)
    zcr = Ignored(NOT_USED)
    lpc = Ignored(NOT_USED)

    @validates_schema
    def _fit(self, data: dict[str, Any], **kwargs: Any) -> None:
        width, expected = data["mfcc"].shape[1], FRONT_ENDS[data["frontend"]]
        if width != expected:
            text = f"expected {expected} coefficients of {data['frontend']}, got {width}"
            raise ValidationError(text, "mfcc")
        other = data.get("other_side", data["mfcc"])
        if other.shape != data["mfcc"].shape:
            frames, of_each = data["mfcc"].shape
            text = f"expected {frames} frames of {of_each} coefficients as in mfcc, got "
            raise ValidationError(f"{text}{len(other)} of {other.shape[1]}", "other_side")

    @post_load
    def _sides(self, data: dict[str, Any], **kwargs: Any) -> list[NDArray[Any]]:
        return [data[name] for name in ("mfcc", "other_side") if name in data]


class VoiceSchema(Schema):
    """A voice of the recording."""

    name = fields.String(**about("alias, or `voice 1`, `voice 2` of unknown ones"))
    speaker = fields.String(
        allow_none=True, **about("alias of the enrolled speaker; null for nobody")
    )
    llr = fields.Float(
        allow_none=True, **about(f"of the likeliest enrolled speaker, null without any; {WITHHELD}")
    )
    speech_s = fields.Float(**about("seconds that it speaks"))


class VoiceSegmentSchema(Schema):
    """A stretch of one voice."""

    start_s = fields.Float(**about("beginning, seconds from the first frame"))
    end_s = fields.Float(**about("end, seconds from the first frame"))
    voice = fields.String(**about("name of who speaks"))
    confidence = fields.Float(
        **about("probability that this voice speaks, and no other at the same time")
    )
    other = fields.String(
        allow_none=True, **about("who it may be too, or speaks as well; null where that is sure")
    )
    channel = fields.String(
        allow_none=True,
        **about(
            "of a call `left` (`mfcc`) or `right` (`other_side`), which may overlap; else null"
        ),
    )


class TimelineSchema(Schema):
    """Reply of /timeline."""

    duration_s = fields.Float(**about("length of the recording, seconds"))
    voices = fields.List(fields.Nested(VoiceSchema), **about("in the order of their first words"))
    segments = fields.List(fields.Nested(VoiceSegmentSchema), **about("who speaks when, in order"))
