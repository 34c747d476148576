"""Replies whose dataclass already holds what JSON has: nothing is to be converted."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema


class PlainReply(Schema):
    """Dumps the attributes named by its fields as they are, dataclasses in them too.

    The JSON encoder writes dataclasses, moments in UTC and lists by itself, so the classes that a
    reply is made of have the fields of its schemas and no others. Marshmallow would visit every
    field of every entry of a log.
    """

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """Return the fields of one object."""
        return {name: getattr(obj, name) for name in self.dump_fields}
