"""The outside shape of a service's own threshold."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from cepstra.resources.about import about
from cepstra.resources.request_schema import RequestSchema
from cepstra.verification.own_threshold import HIGHEST, LOWEST, REFUSALS
from cepstra.verification.own_trials import MOST_OTHERS

SCALE = "least llr, less its conditions' allowance, that is accepted"


class TryingSchema(RequestSchema):
    """What to try."""

    rate = fields.Float(
        load_default=None,
        validate=validate.Range(0.0001, 0.5),
        **about("false accepts wanted, 0.0001 to 0.5; TARGET_FALSE_ACCEPT_RATE without"),
    )
    digits = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 6),
        **about("takes an attempt, 1 to 6; as many as a challenge has without"),
    )
    speakers = fields.Integer(
        load_default=100,
        validate=validate.Range(2, 200),
        **about("those enrolled last that take part at most, 2 to 200"),
    )


class NewThresholdSchema(RequestSchema):
    """A threshold to adopt."""

    threshold = fields.Float(
        required=True,
        validate=validate.Range(LOWEST, HIGHEST),
        **about(f"{SCALE}; {LOWEST:g} to {HIGHEST:g}"),
    )


class InForceSchema(Schema):
    """The threshold that attempts are held to."""

    system = fields.String(**about("name of the system that it is for"))
    threshold = fields.Float(**about(SCALE))
    shipped_threshold = fields.Float(**about("the same, had none been adopted"))
    false_accept_rate = fields.Float(
        **about("share of impostors that the shipped one lets pass, 0 to 1")
    )
    adopted_at = fields.DateTime(
        allow_none=True, **about("since when; null: the shipped one is in force")
    )


class EstimateSchema(Schema):
    """A value with its 95% interval, by resampling speakers."""

    value = fields.Float(**about("the value"))
    low = fields.Float(**about("lower end of the interval"))
    high = fields.Float(**about("upper end of the interval"))


class ErrorRatesSchema(Schema):
    """What a threshold does to the attempts."""

    far = fields.Nested(EstimateSchema, **about("others' attempts accepted, 0 to 1"))
    frr = fields.Nested(EstimateSchema, **about("own attempts rejected, 0 to 1"))


class JudgedSchema(ErrorRatesSchema):
    """A threshold and its error rates among the attempts."""

    threshold = fields.Float(**about(SCALE))


class OperatingPointSchema(ErrorRatesSchema):
    """The threshold for a rate of false accepts."""

    false_accept_rate = fields.Float(**about("the rate that was asked for"))
    threshold = fields.Nested(EstimateSchema, **about(SCALE))
    refusal = fields.String(
        allow_none=True,
        validate=validate.OneOf([*REFUSALS]),
        **about("why it should not be adopted; null: nothing speaks against it"),
    )
    because = fields.String(allow_none=True, **about("the same in words, with figures"))


class CalibrationSchema(Schema):
    """Reply of GET /calibration."""

    in_force = fields.Nested(InForceSchema, **about("the threshold of now"))
    digits = fields.Integer(**about("takes an attempt"))
    n_speakers = fields.Integer(**about("speakers tried"))
    n_waiting = fields.Integer(
        **about(
            "speakers that the next calls will try: call until it is 0, which is "
            "when intervals are sure, too"
        )
    )
    n_left_out = fields.Integer(
        **about(
            "enrolled, but with too few takes or too little speech in them, before "
            "those tried, or without a model of this system (`cepstra upgrade-models`)"
        )
    )
    n_apart = fields.Integer(**about("whose attempts are of another sitting than their enrolment"))
    own = fields.List(fields.Float(), **about("llr less allowance of own attempts"))
    others = fields.List(
        fields.Float(),
        **about(f"the same of others' attempts, each on at most {MOST_OTHERS} models"),
    )
    named = fields.Nested(OperatingPointSchema, **about("the threshold for the rate asked for"))
    other_half = fields.Nested(
        JudgedSchema,
        allow_none=True,
        **about("a threshold of half the attempts, on the others; null: too few"),
    )
    now = fields.Nested(JudgedSchema, **about("the threshold in force"))
    rates = fields.List(
        fields.Nested(OperatingPointSchema), **about("other rates, the strictest last")
    )
