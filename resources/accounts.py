"""People: accounts at /user, signing in and out at /session."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.contract import Contract
from cepstra.resources.request_scope import (
    current_caller,
    current_config,
    current_registration,
    current_service,
    current_sessions,
    known_caller,
    service_of,
)
from cepstra.resources.schemas.session import (
    AccessSchema,
    AccountSchema,
    CredentialsSchema,
    EndedSchema,
    NewAccountSchema,
    NewPasswordSchema,
    SessionSchema,
)
from cepstra.verification import accounts
from cepstra.verification.errors import SigningOffError


class User(Resource):  # type: ignore[misc]
    """Accounts."""

    @Contract(AccountSchema, NewAccountSchema, None, 201, (403, 409), scope="public")
    def post(self, body: dict[str, Any]) -> Any:
        """Create an account and its speaker, by invitation or a key with the scope admin."""
        current_sessions().check_open()
        invited = body["name"], body.get("invitation")
        tenant, name = current_registration().demand(current_caller(), *invited)
        speaker = accounts.create(service_of(tenant), name, body["password"])
        return {"name": speaker.alias, "created_at": speaker.created_at}

    @Contract(SessionSchema, NewPasswordSchema, errors=(409,), scope="session")
    def put(self, body: dict[str, Any]) -> Any:
        """Change the password: all sessions end, and the reply opens a new one."""
        name = known_caller().speaker
        if name is None:
            raise SigningOffError("auth", "auth is off here: there are no passwords")
        account = accounts.change_password(current_service(), name, **body)
        return current_sessions().open(account)


class Session(Resource):  # type: ignore[misc]
    """Sessions of people."""

    @Contract(AccessSchema, scope="public")
    def get(self) -> Any:
        """Tell whether callers have to sign in, and as whom the caller has."""
        config, caller = current_config(), current_caller()
        told = {
            "auth": "on" if config.auth_is_on else "off",
            "registration": config.registration,
            "prompt_words": config.words_to_say,
        }
        return {**told, **(vars(caller) if caller else {})}

    @Contract(SessionSchema, CredentialsSchema, None, 201, (401, 409), scope="public")
    def post(self, body: dict[str, Any]) -> Any:
        """Sign in: get a token that reaches one's own speaker for a while."""
        current_sessions().check_open()
        service = service_of("")  # the name tells the tenant
        account = accounts.sign_in(service.store, service.security_policy.lockout, **body)
        return current_sessions().open(account)

    @Contract(EndedSchema, errors=(409,), scope="session")
    def delete(self) -> Any:
        """Sign out: the token opens nothing any more."""
        current_sessions().close(current_service().store, known_caller())
        return {"ended": True}
