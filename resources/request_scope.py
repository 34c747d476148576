"""What a resource method needs from around it: service, settings, who asks, the speaker's alias."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from flask import current_app, g, request
from marshmallow import ValidationError

from cepstra.config import Config
from cepstra.verification.audit import Origin
from cepstra.verification.callers import LOCAL, Caller
from cepstra.verification.names import normal_name
from cepstra.verification.registration import Registration
from cepstra.verification.service import Service
from cepstra.verification.sessions import Sessions

FILE_ENDPOINTS = ("static", "network")  # files that are the same for everybody
UNKNOWN = "unknown"  # in the audit log, who calls a public method without a token


def current_service() -> Service:
    """Return the application's store and verifiers, for the caller of this request.

    The store holds, for whoever is of a tenant, that tenant's speakers and keys alone.
    """
    caller = current_caller()
    return service_of(caller.tenant if caller else "")


def service_of(tenant: str) -> Service:
    """Return the same for a tenant, "" for none: where a name tells whose it is, and no token."""
    shared, caller = cast(Service, current_app.extensions["service"]), current_caller()
    sees_scores = caller is not None and "scores" in caller.scopes
    origin = Origin(caller.id if caller else UNKNOWN, request.remote_addr, tenant, sees_scores)
    return replace(shared, store=shared.store.of_tenant(tenant), origin=origin)


def current_config() -> Config:
    """Return the settings that the application was made with."""
    return cast(Config, current_app.extensions["config"])


def current_sessions() -> Sessions:
    """Return what issues and reads the tokens of people."""
    return cast(Sessions, current_app.extensions["sessions"])


def current_registration() -> Registration:
    """Return who may make an account."""
    return cast(Registration, current_app.extensions["registration"])


def current_caller() -> Caller | None:
    """Return who calls: everybody is local while auth is off; None for an unknown caller."""
    return cast("Caller | None", g.get("caller", LOCAL))


def known_caller() -> Caller:
    """Return who calls a method that is not public."""
    caller = current_caller()
    if caller is None:
        raise RuntimeError("a method that is not public was reached by an unknown caller")
    return caller


def named_speaker() -> str | None:
    """Return the speaker that the request names, in its path or else its query, in normal form."""
    in_path: str | None = (request.view_args or {}).get("speaker")
    named = in_path if in_path is not None else request.args.get("speaker")
    return None if named is None else normal_name(named)


def named_alias() -> str:
    """Return the alias that the request names, valid or not, else the caller's own."""
    caller, named = current_caller(), named_speaker() or "default"
    return caller.speaker if caller and caller.speaker and named == "default" else named


def callers_alias(alias: str, is_named: bool) -> str:
    """Return whom the caller means by an alias: "default" is the speaker of a session.

    Without auth "default" is a speaker of that name.

    Args:
        alias: the one in the request, or "default".
        is_named: whether the request holds it.

    Raises:
        marshmallow.ValidationError: a backend names no speaker.
    """
    caller = known_caller()
    if caller.speaker is not None and alias == "default":
        return caller.speaker
    if not is_named and caller is not LOCAL:
        text = "expected ?speaker=NAME: an API key has no speaker of its own"
        raise ValidationError(text, "speaker")
    return alias
