"""The outside shape of a service's own threshold."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from cepstra.verification.own_threshold import HIGHEST, LOWEST, REFUSALS
from cepstra.verification.own_trials import MOST_OTHERS

SCALE = "least llr, less its conditions' allowance, that is accepted"


class TryingSchema(Schema):
    """What to try."""

    rate = fields.Float(
        load_default=None,
        validate=validate.Range(0.0001, 0.5),
        metadata={
            "description": "false accepts wanted, 0.0001 to 0.5; TARGET_FALSE_ACCEPT_RATE without"
        },
    )
    digits = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 6),
        metadata={"description": "takes an attempt, 1 to 6; as many as a challenge has without"},
    )
    speakers = fields.Integer(
        load_default=100,
        validate=validate.Range(2, 200),
        metadata={"description": "those enrolled last that take part at most, 2 to 200"},
    )


class NewThresholdSchema(Schema):
    """A threshold to adopt."""

    threshold = fields.Float(
        required=True,
        validate=validate.Range(LOWEST, HIGHEST),
        metadata={"description": f"{SCALE}; {LOWEST:g} to {HIGHEST:g}"},
    )


class InForceSchema(Schema):
    """The threshold that attempts are held to."""

    system = fields.String(metadata={"description": "name of the system that it is for"})
    threshold = fields.Float(metadata={"description": SCALE})
    shipped_threshold = fields.Float(metadata={"description": "the same, had none been adopted"})
    false_accept_rate = fields.Float(
        metadata={"description": "share of impostors that the shipped one lets pass, 0 to 1"}
    )
    adopted_at = fields.DateTime(
        allow_none=True, metadata={"description": "since when; null: the shipped one is in force"}
    )


class EstimateSchema(Schema):
    """A value with its 95% interval, by resampling speakers."""

    value = fields.Float(metadata={"description": "the value"})
    low = fields.Float(metadata={"description": "lower end of the interval"})
    high = fields.Float(metadata={"description": "upper end of the interval"})


class ErrorRatesSchema(Schema):
    """What a threshold does to the attempts."""

    far = fields.Nested(
        EstimateSchema, metadata={"description": "others' attempts accepted, 0 to 1"}
    )
    frr = fields.Nested(EstimateSchema, metadata={"description": "own attempts rejected, 0 to 1"})


class JudgedSchema(ErrorRatesSchema):
    """A threshold and its error rates among the attempts."""

    threshold = fields.Float(metadata={"description": SCALE})


class OperatingPointSchema(ErrorRatesSchema):
    """The threshold for a rate of false accepts."""

    false_accept_rate = fields.Float(metadata={"description": "the rate that was asked for"})
    threshold = fields.Nested(EstimateSchema, metadata={"description": SCALE})
    refusal = fields.String(
        allow_none=True,
        validate=validate.OneOf([*REFUSALS]),
        metadata={"description": "why it should not be adopted; null: nothing speaks against it"},
    )
    because = fields.String(
        allow_none=True, metadata={"description": "the same in words, with figures"}
    )


class CalibrationSchema(Schema):
    """Reply of GET /calibration."""

    in_force = fields.Nested(InForceSchema, metadata={"description": "the threshold of now"})
    digits = fields.Integer(metadata={"description": "takes an attempt"})
    n_speakers = fields.Integer(metadata={"description": "speakers tried"})
    n_waiting = fields.Integer(
        metadata={
            "description": "speakers that the next calls will try: call until it is 0, which is "
            "when intervals are sure, too"
        }
    )
    n_left_out = fields.Integer(
        metadata={
            "description": "enrolled, but with too few takes or too little speech in them, before "
            "those tried, or without a model of this system (`cepstra upgrade-models`)"
        }
    )
    n_apart = fields.Integer(
        metadata={"description": "whose attempts are of another sitting than their enrolment"}
    )
    own = fields.List(
        fields.Float(), metadata={"description": "llr less allowance of own attempts"}
    )
    others = fields.List(
        fields.Float(),
        metadata={
            "description": f"the same of others' attempts, each on at most {MOST_OTHERS} models"
        },
    )
    named = fields.Nested(
        OperatingPointSchema, metadata={"description": "the threshold for the rate asked for"}
    )
    other_half = fields.Nested(
        JudgedSchema,
        allow_none=True,
        metadata={"description": "a threshold of half the attempts, on the others; null: too few"},
    )
    now = fields.Nested(JudgedSchema, metadata={"description": "the threshold in force"})
    rates = fields.List(
        fields.Nested(OperatingPointSchema),
        metadata={"description": "other rates, the strictest last"},
    )
