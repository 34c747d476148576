"""The outside shape of an export that comes back in."""

from __future__ import annotations

from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from cepstra.resources.about import about
from cepstra.resources.frames_field import BoundedList, Ignored
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.alias import Alias
from cepstra.resources.schemas.consent import NewConsentSchema
from cepstra.resources.schemas.message import NewTakeSchema
from cepstra.resources.schemas.moment import PastMoment
from cepstra.verification.importing import Exported

MOST_TAKES = 40  # each is compared with those before it; 60 took more than 2 s
LEFT_BEHIND = "read over: it stays with the service that it comes from"


class ExportedTakeSchema(NewTakeSchema):
    """A take of an export; what is null in it is left out."""

    datetime = Ignored(LEFT_BEHIND)
    role = fields.String(
        load_default="train",
        validate=validate.OneOf(
            ["train", "reference"], error="expected train or reference, got {input}"
        ),
        **about("what it is for"),
    )

    @pre_load
    def _without_nulls(self, data: Any, **kwargs: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None}

    @post_load
    def _message(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return data.pop("role"), super()._message(data)


class GivenConsentSchema(NewConsentSchema):
    """A consent with its date."""

    datetime = PastMoment(required=True, **about("when they agreed"))


class NewNameSchema(RequestSchema):
    """The name to keep the takes by, where it is not the export's own."""

    speaker = Alias()


class ImportSchema(RequestSchema):
    """What /export gave; of its takes, as many as one message may hold."""

    alias = Alias(load_default="default")
    frontend = fields.String(
        allow_none=True, load_default=None, **about("id of the definition that made the frames")
    )
    created_at = Ignored(LEFT_BEHIND)
    consent = fields.Nested(
        GivenConsentSchema,
        allow_none=True,
        load_default=None,
        **about("what they agreed to, noted where nothing is noted yet"),
    )
    takes = BoundedList(
        fields.Nested(ExportedTakeSchema),
        required=True,
        validate=validate.Length(1, MOST_TAKES),
        **about("oldest first"),
    )
    scoring_log = Ignored(LEFT_BEHIND)
    audit_log = Ignored(LEFT_BEHIND)

    @pre_load
    def _of_one_front_end(self, data: Any, **kwargs: Any) -> Any:
        """Let each take name the front end, so that it is checked like any other."""
        if not isinstance(data, dict) or not isinstance(data.get("takes"), list):
            return data
        frontend = data.get("frontend")
        takes = [
            {**take, "frontend": frontend} if isinstance(take, dict) else take
            for take in data["takes"]
        ]
        return {**data, "takes": takes}

    @validates_schema(skip_on_field_errors=True)
    def _of_one_width(self, data: dict[str, Any], **kwargs: Any) -> None:
        widths = {message.frames.shape[1] for _, message in data["takes"]}
        if len(widths) > 1:
            shown = " and ".join(map(str, sorted(widths)))
            raise ValidationError(f"expected frames of one width, got {shown}", "takes")

    @post_load
    def _exported(self, data: dict[str, Any], **kwargs: Any) -> Exported:
        takes = sorted(data["takes"], key=lambda take: take[0] != "train")
        given = data["consent"] or {"version": None, "datetime": None}
        return Exported(data["alias"], given["version"], given["datetime"], takes)


class ImportedSchema(Schema):
    """Reply of /import."""

    alias = fields.String(**about("whose takes they are now"))
    takes_added = fields.Integer(**about("takes that were new"))
    takes_known = fields.Integer(**about("takes that were there already"))
