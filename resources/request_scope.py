"""What a resource method needs from around it: the store, the settings, the speaker's alias."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, request
from marshmallow import ValidationError

from config import Config
from resources.schemas import AliasSchema
from store import Store
from verification.callers import LOCAL, Caller
from verification.service import Service
from verification.sessions import Sessions

alias_schema = AliasSchema()


def current_service() -> Service:
    """Return the application's store and verifiers."""
    return cast(Service, current_app.extensions["service"])


def current_config() -> Config:
    """Return the settings that the application was made with."""
    return cast(Config, current_app.extensions["config"])


def current_store() -> Store:
    """Return the application's store."""
    return current_service().store


def current_sessions() -> Sessions:
    """Return what issues and reads the tokens of people."""
    return cast(Sessions, current_app.extensions["sessions"])


def current_caller() -> Caller | None:
    """Return who calls: everybody is local while auth is off; None for an unknown caller."""
    return cast("Caller | None", g.get("caller", LOCAL))


def known_caller() -> Caller:
    """Return who calls a method that is not public."""
    caller = current_caller()
    if caller is None:
        raise RuntimeError("a method that is not public was reached by an unknown caller")
    return caller


def current_alias(in_path: str | None = None, query_schema: AliasSchema = alias_schema) -> str:
    """Return the alias in the path, else `?speaker=`, else the caller's own.

    "default" is the speaker of a session; without auth it is a speaker of that name.

    Raises:
        marshmallow.ValidationError: it is not a valid alias, another query parameter is there, or
            a backend names no speaker.
    """
    named = {"speaker": in_path} if in_path is not None else request.args.to_dict()
    alias = cast(str, query_schema.load(named)["speaker"])
    caller = known_caller()
    if caller.speaker is not None and alias == "default":
        return caller.speaker
    if "speaker" not in named and caller is not LOCAL:
        text = "expected ?speaker=NAME: an API key has no speaker of its own"
        raise ValidationError(text, "speaker")
    return alias
