"""Challenges, and attempts that answer them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from cepstra.config import FEWEST_DIGITS, MOST_DIGITS
from cepstra.resources.about import about
from cepstra.resources.schemas.alias import AliasSchema
from cepstra.resources.schemas.attempt import AttemptSchema
from cepstra.resources.schemas.log import DECIDED
from cepstra.verification.challenges import SentAttempt
from cepstra.verification.verify import REASONS

TOLD = "while auth is on, of an accepted attempt alone"
MOST_WORD_FRAMES = 400  # four seconds; pages send three, and all of it is compared with all heard
ID_PATTERN = "^[A-Za-z0-9_-]*$"
ID_RULE = "expected letters, digits, '_' and '-'"


class ChallengeSchema(Schema):
    """Digits to say."""

    challenge = fields.String(attribute="id", **about("its id"))
    speaker = fields.String(attribute="alias", **about("who has to say the digits"))
    digits = fields.List(fields.Integer(), **about("all different, to be said in this order"))
    expires_at = fields.DateTime(**about("until when the answer has to be there"))


class NewChallengeSchema(AliasSchema):
    """For whom a challenge is, and how long."""

    digits = fields.Integer(
        validate=validate.Range(FEWEST_DIGITS, MOST_DIGITS),
        **about(
            f"how many digits to ask for, {FEWEST_DIGITS} to {MOST_DIGITS}; the "
            "service asks for more where its settings say so"
        ),
    )


class ChallengedAttemptSchema(AttemptSchema):
    """Speech to be verified, perhaps as the answer to a challenge.

    With a challenge, send one `digit` a call, in order, or all of them at once as `segments`.
    """

    challenge = fields.String(
        validate=validate.And(validate.Length(1, 64), validate.Regexp(ID_PATTERN, error=ID_RULE)),
        **about(
            f"id of an open challenge; each digit then has at most {MOST_WORD_FRAMES} frames",
            pattern=ID_PATTERN,
        ),
    )

    @validates_schema(skip_on_field_errors=True)
    def _declare_digits(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "challenge" in data and "embedding" in data:
            text = (
                "expected frames (mfcc) with a challenge, got an embedding: it does not tell which "
                "digits were said, nor whether they were said before"
            )
            raise ValidationError(text, "embedding")
        if "challenge" in data and "digit" not in data and "segments" not in data:
            raise ValidationError("expected digit or segments with a challenge", "digit")
        if "challenge" in data:
            _check_words(data)

    @post_load
    def _message(self, data: dict[str, Any], **kwargs: Any) -> SentAttempt:
        challenge, is_whole = data.pop("challenge", None), "segments" in data
        messages = super()._message(data)
        return SentAttempt(messages, challenge, is_whole or challenge is None)


def _check_words(data: dict[str, Any]) -> None:
    words = data.get("segments")
    longest = max(word["frames"] for word in words) if words else len(data["mfcc"])
    if longest > MOST_WORD_FRAMES:
        text = f"expected at most {MOST_WORD_FRAMES} frames a digit of a challenge, got {longest}"
        raise ValidationError(text, "segments" if words else "mfcc")


class AnsweredSchema(Schema):
    """Reply of /score to an attempt with a challenge."""

    challenge = fields.String(**about("id of the challenge that was answered"))
    remaining = fields.Integer(**about("digits still to be sent; at 0 all is decided"))
    decision = fields.String(allow_none=True, validate=DECIDED, **about("null while digits remain"))
    llr = fields.Float(allow_none=True, **about(f"natural log-likelihood ratio; {TOLD}"))
    probability = fields.Float(allow_none=True, **about(TOLD))
    threshold = fields.Float(allow_none=True, **about(f"the least llr that is accepted; {TOLD}"))
    reason = fields.String(
        allow_none=True,
        validate=validate.OneOf(REASONS),
        **about("what speaks against the attempt; of a rejected one null while auth is on"),
    )
    assertion = fields.String(
        allow_none=True, **about("the outcome, signed (JWT); null while digits remain")
    )
