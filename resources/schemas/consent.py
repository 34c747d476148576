"""The outside shape of consent."""

from __future__ import annotations

from marshmallow import Schema, fields

from cepstra.resources.about import about
from cepstra.resources.schemas.alias import LABEL_PATTERN, LABEL_RULE, valid_label


class NewConsentSchema(Schema):
    """A consent to record."""

    version = fields.String(
        required=True,
        validate=valid_label,
        **about(f"which text was agreed to; {LABEL_RULE}", pattern=LABEL_PATTERN),
    )


class ConsentSchema(Schema):
    """What was agreed to, and when."""

    version = fields.String(**about("version of the text agreed to"))
    datetime = fields.DateTime(**about("when they agreed"))
