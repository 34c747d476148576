"""A message: cepstral frames of one stretch of speech."""

from __future__ import annotations

from typing import Any

import numpy as np
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from cepstra.frontend.definition import page_definition
from cepstra.frontend.message import MAX_ATTEMPT_FRAMES
from cepstra.resources.about import about
from cepstra.resources.frames_field import Frames, Ignored, UnitVector
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.alias import LABEL_RULE, Label
from cepstra.verification.message import Message, NetworkEmbedding
from cepstra.verification.shipped import network_id

NOT_USED = "read over: nothing in the service uses it"
FRONT_ENDS = {page_definition().id: page_definition().coefficients}
OF_EMBEDDING = ("speech_frames", "network")
OF_FRAMES = ("segments", "check_digit")
ONE_OF_BOTH = "expected mfcc, or embedding in its place"


class MessageSchema(RequestSchema):
    """Cepstral frames of one stretch of speech; only `mfcc` is required.

    Or, in place of it, `embedding` with `speech_frames`, `network` and `frontend`.
    """

    mfcc = Frames(**about("1 to 2000 frames of 2 to 40 cepstra, c0 first"))
    embedding = UnitVector(
        **about(
            "in place of mfcc: the network's unit vector, made of the frames where they were heard"
        )
    )
    speech_frames = fields.Integer(
        strict=True,
        validate=validate.Range(1, MAX_ATTEMPT_FRAMES),
        **about("how many frames of speech the embedding is of"),
    )
    network = fields.String(
        validate=lambda given: _check_network(given),
        **about(f"id of the network that made it, now `{network_id()}`"),
    )
    energy = Ignored(NOT_USED)
    zcr = Ignored(NOT_USED)
    lpc = Ignored(NOT_USED)
    digit = fields.Integer(strict=True, validate=validate.Range(0, 9), **about("the digit said"))
    frontend = fields.String(
        validate=validate.OneOf(FRONT_ENDS, error="expected {choices}, or no front end at all"),
        **about("id of the definition that made the frames"),
    )
    device = Label(f"label of what recorded the speech, {LABEL_RULE}; of takes it is kept")

    @validates_schema
    def _agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "embedding" in data:
            _check_embedding(data)
            return
        if "mfcc" not in data:
            raise ValidationError(ONE_OF_BOTH + ", got neither", "mfcc")
        width = data["mfcc"].shape[1]
        expected = FRONT_ENDS.get(data.get("frontend", ""), width)
        if width != expected:
            text = f"expected {expected} coefficients of {data['frontend']}, got {width}"
            raise ValidationError(text, "mfcc")

    @post_load
    def _message(self, data: dict[str, Any], **kwargs: Any) -> Message:
        return _of_embedding(data) if "embedding" in data else Message(data.pop("mfcc"), **data)


class NewTakeSchema(MessageSchema):
    """Speech to be kept."""

    take = Label(
        f"name of yours for the take, {LABEL_RULE}; the same take sent again under its name is "
        "kept once"
    )
    check_digit = fields.Boolean(
        truthy={True},
        falsy={False},
        **about(
            "refuse the take (409, naming check_digit) where it sounds like "
            "another digit of this speaker than `digit`"
        ),
    )
    confirm_voice = fields.Boolean(
        truthy={True},
        falsy={False},
        **about(
            "keep the take although it sounds unlike the speaker's other takes "
            "(else 409, naming confirm_voice, from the third take on); not with a person's session"
        ),
    )


def _check_network(given: str) -> None:
    if given != network_id():
        raise ValidationError(f"expected {network_id()}, whose files are at /models/, got {given}")


def _check_embedding(data: dict[str, Any]) -> None:
    if "mfcc" in data:
        raise ValidationError(ONE_OF_BOTH + ", got both", "embedding")
    for name in (*OF_EMBEDDING, "frontend"):
        if name not in data:
            raise ValidationError("expected it with an embedding, got none", name)
    for name in OF_FRAMES:
        if name in data:
            text = f"expected no {name} with an embedding: it needs the frames, mfcc"
            raise ValidationError(text, name)


def _of_embedding(data: dict[str, Any]) -> Message:
    parts = data.pop("embedding"), *(data.pop(name) for name in OF_EMBEDDING)
    width = FRONT_ENDS[data["frontend"]]
    return Message(np.zeros((0, width)), embedding=NetworkEmbedding(*parts), **data)
