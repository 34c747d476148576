"""What a resource method needs from around it: the store, the settings, the speaker's alias."""

from __future__ import annotations

from typing import cast

from flask import current_app, request

from config import Config
from resources.schemas import AliasSchema
from store import Store
from verification.service import Service

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


def current_alias(in_path: str | None = None) -> str:
    """Return the alias in the path, else `?speaker=`, else "default".

    Raises:
        marshmallow.ValidationError: it is not a valid alias, or another query parameter is there.
    """
    named = {"speaker": in_path} if in_path is not None else request.args.to_dict()
    return cast(str, alias_schema.load(named)["speaker"])
