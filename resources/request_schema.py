"""Schemas of what a request brings: every fault says what was expected and what was got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing, validate

KINDS: dict[type[fields.Field[Any]], str] = {
    fields.String: "a text",
    fields.Integer: "a whole number",
    fields.Float: "a finite number",
    fields.Boolean: "true or false",
    fields.List: "a list",
    fields.Nested: "an object",
}
LONGEST_TEXT = 80  # that a fault repeats of a request


class RequestSchema(Schema):
    """A schema to load, whose faults are told in our words in place of marshmallow's."""

    error_messages = {"type": "expected an object"}  # noqa: RUF012 - marshmallow's way

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Let the field say what it expects."""
        _word(field_obj)

    def handle_error(self, error: ValidationError, data: Any, **kwargs: Any) -> None:
        """Add to every text what was got, but of what is loaded only (passwords) how long it is."""
        secret = {name for name, field in self.load_fields.items() if field.load_only}
        known = f"expected no field but {', '.join(self.load_fields)}"
        unknown = self.error_messages["unknown"]
        told: dict[Any, Any] = {}
        assert isinstance(error.messages, dict)
        for name, messages in error.messages.items():
            if messages == [unknown]:
                told[name] = [f"{known}, got {_shown(name)}"]
            else:
                told[name] = _with_got(messages, _at(data, name), name in secret)
        error.messages = told


def _word(field: fields.Field[Any]) -> None:
    kind = next((text for of, text in KINDS.items() if isinstance(field, of)), None)
    expected = f"expected {kind or field.metadata.get('description', 'another value')}"
    texts = field.error_messages
    ours = [key for key, text in texts.items() if str(text).startswith("expected")]
    texts.update({key: expected for key in texts if key not in ours})
    for validator in field.validators:
        _word_validator(validator, kind)
    if isinstance(field, fields.List):
        _word(field.inner)


def _word_validator(validator: Any, kind: str | None) -> None:
    match validator:
        case validate.And():
            for each in validator.validators:
                _word_validator(each, kind)
        case validate.OneOf(error=validate.OneOf.default_message):
            validator.error = f"expected {' or '.join(map(str, validator.choices))}"
        case validate.Length(error=None):
            of = "characters" if kind == KINDS[fields.String] else "entries"
            validator.error = f"expected {validator.min} to {validator.max} {of}"
        case validate.Range(error=None):
            validator.error = f"expected {validator.min} to {validator.max}"


def _at(data: Any, place: Any) -> Any:
    if place == "_schema":
        return data
    if isinstance(data, Mapping):
        return data.get(place, missing)
    return data[place] if isinstance(data, list) and isinstance(place, int) else missing


def _with_got(messages: Any, value: Any, is_secret: bool) -> Any:
    if isinstance(messages, dict):
        inner = messages.items()
        return {key: _with_got(each, _at(value, key), is_secret) for key, each in inner}
    got = _measured(value) if is_secret else _shown(value)
    return [text if "got " in text else f"{text}, got {got}" for text in messages]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        is_long = len(value) > LONGEST_TEXT
        cut = repr(value[:LONGEST_TEXT])
        return f"{cut} and more, {len(value)} characters" if is_long else cut
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value}"[:LONGEST_TEXT]
    return _measured(value)


def _measured(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"a text of {len(value)} characters"
        case list():
            return f"a list of {len(value)}"
        case Mapping():
            return "an object"
    return "nothing" if value is missing else "a number"
