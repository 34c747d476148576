"""A speaker's alias, wherever one is named; labels of devices, takes and texts."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields

from cepstra.resources.about import about
from cepstra.resources.request_schema import RequestSchema
from cepstra.verification.names import (
    NAME_RULE,
    PLAIN_RULE,
    TENANT_PATTERN,
    WHOLE_NAME_RULE,
    is_name,
    is_plain_to_see,
    is_whole_name,
    normal_name,
)

ALIAS_PATTERN = "^[^\\u0000-\\u001f\\u007f-\\u009f/]{1,64}$"
ALIAS_RULE = NAME_RULE
WHOLE_NAME_PATTERN = f"^({TENANT_PATTERN}/)?{ALIAS_PATTERN.strip('^')}"
# In addresses (DELETE /speakers/NAME/devices/DEVICE) dots alone would lead to the whole speaker.
LABEL_PATTERN = "^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}$"
LABEL_RULE = "1 to 64 of letters A to Z, digits, '.', '_' and '-', but not '.' or '..'"


class Alias(fields.String):
    """A name of a speaker, in Unicode's normal form C: one spelling for each name.

    A whole one may have its tenant before it, as whoever is of none reads it: TENANT/NAME. A plain
    one shows all that it holds.
    """

    def __init__(
        self,
        may_be_empty: bool = False,
        is_whole: bool = False,
        is_plain: bool = False,
        **options: Any,
    ) -> None:
        self._may_be_empty = may_be_empty
        self._is_plain = is_plain
        self._is_one = is_whole_name if is_whole else is_name
        self._rule = WHOLE_NAME_RULE if is_whole else ALIAS_RULE
        pattern = WHOLE_NAME_PATTERN if is_whole else ALIAS_PATTERN
        about = {"description": self._rule, "pattern": pattern}
        super().__init__(**{"metadata": about, **options})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = normal_name(str(super()._deserialize(value, attr, data, **kwargs)))
        if not (self._is_one(name) or (self._may_be_empty and name == "")):
            raise ValidationError(f"expected {self._rule}, got {name[:80]!r}")
        if self._is_plain and not is_plain_to_see(name):
            raise ValidationError(f"expected {PLAIN_RULE}, got {name!a}")
        return name


class Label(fields.String):
    """A name in plain letters, of a device, a take or a text."""

    def __init__(self, description: str = LABEL_RULE, **options: Any) -> None:
        super().__init__(**about(description, pattern=LABEL_PATTERN), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if not re.fullmatch(LABEL_PATTERN.strip("^$"), text):
            raise ValidationError(f"expected {LABEL_RULE}, got {text[:80]!r}")
        return text


class AliasSchema(RequestSchema):
    """The speaker named in the address."""

    speaker = Alias(load_default="default")


class DeviceQuerySchema(AliasSchema):
    """The speaker and the device named in the address."""

    device = Label(required=True)


class TakeQuerySchema(AliasSchema):
    """The speaker and the take named in the address."""

    take = Label(required=True)
