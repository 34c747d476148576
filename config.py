"""Every setting of the service, once: environment name, default, meaning."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any


class SettingError(ValueError):
    """A setting in the environment cannot be read; says which, what was expected and got."""


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Config:
    """The settings; each field is read from the environment variable of its name in capitals."""

    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(5000, "port to listen on")
    web_concurrency: int = _setting(2, "gunicorn workers")
    database_url: str = _setting("sqlite:///data/cepstra.db", "where enrolments are kept")
    target_false_accept_rate: float = _setting(0.01, "share of impostors that may be accepted")
    min_speech_s: float = _setting(0.6, "seconds of speech below which nothing is decided")
    max_body_bytes: int = _setting(1024 * 1024, "largest request body, unpacked")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """Read the settings.

        Raises:
            SettingError: a value has the wrong type.
        """
        given: dict[str, Any] = {
            spec.name: _parse(spec, environment[spec.name.upper()])
            for spec in fields(cls)
            if spec.name.upper() in environment
        }
        return cls(**given)


def _parse(spec: Field[Any], text: str) -> str | int | float:
    kind: type[str] | type[int] | type[float] = type(spec.default)  # type: ignore[assignment]
    try:
        value: str | int | float = kind(text)
        return value
    except ValueError:
        expected = "a whole number" if kind is int else "a number"
        name = spec.name.upper()
        raise SettingError(f"{name}: expected {expected}, got {text!r}") from None
