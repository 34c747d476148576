"""A time with its zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import ValidationError, fields

EXAMPLE = "2026-11-26T03:00:00Z"
RULE = f"expected a time with its zone, such as {EXAMPLE}"
CLOCKS_DIFFER = timedelta(minutes=5)


class Moment(fields.AwareDateTime):
    """A time with its zone, which arrives in UTC; one that UTC has no year for is none."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's way
        "invalid": RULE,
        "invalid_awareness": f"{RULE}, got one without",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            moment: datetime = super()._deserialize(value, attr, data, **kwargs)
            return moment.astimezone(UTC)
        except OverflowError:
            raise self.make_error("invalid") from None


class PastMoment(Moment):
    """One that has been, by the clock of another service."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if moment > datetime.now(UTC) + CLOCKS_DIFFER:
            raise ValidationError("expected a time that has been")
        return moment
