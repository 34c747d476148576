"""The outside shape of consent."""

from __future__ import annotations

from marshmallow import Schema, fields

from cepstra.resources.about import about
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.alias import LABEL_RULE, Label


class NewConsentSchema(RequestSchema):
    """A consent to record."""

    version = Label(f"which text was agreed to; {LABEL_RULE}", required=True)


class ConsentSchema(Schema):
    """What was agreed to, and when."""

    version = fields.String(**about("version of the text agreed to"))
    datetime = fields.DateTime(**about("when they agreed"))
