"""POST /user: accounts of people."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.body import load_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import (
    current_caller,
    current_registration,
    current_service,
    current_sessions,
    known_caller,
)
from cepstra.resources.schemas import (
    AccountSchema,
    NewAccountSchema,
    NewPasswordSchema,
    SessionSchema,
)
from cepstra.verification import accounts
from cepstra.verification.errors import SigningOffError

new_account_schema = NewAccountSchema()
account_schema = AccountSchema()
new_password_schema = NewPasswordSchema()
session_schema = SessionSchema()


class User(Resource):  # type: ignore[misc]
    """Accounts."""

    @contract(
        AccountSchema, NewAccountSchema, None, 201, (400, 403, 409, 413, 415, 429), scope="public"
    )
    def post(self) -> Any:
        """Create an account and its speaker, by invitation or a key with the scope admin."""
        credentials = load_body(new_account_schema)
        current_sessions().check_open()
        invitation = credentials.pop("invitation", None)
        current_registration().demand(current_caller(), credentials["name"], invitation)
        speaker = accounts.create(current_service(), **credentials)
        return account_schema.dump({"name": speaker.alias, "created_at": speaker.created_at}), 201

    @contract(
        SessionSchema,
        NewPasswordSchema,
        None,
        errors=(400, 401, 409, 413, 415, 429),
        scope="session",
    )
    def put(self) -> Any:
        """Change the password: all sessions end, and the reply opens a new one."""
        passwords = load_body(new_password_schema)
        name = known_caller().speaker
        if name is None:
            raise SigningOffError("auth", "auth is off here: there are no passwords")
        account = accounts.change_password(current_service(), name, **passwords)
        return session_schema.dump(current_sessions().open(account))
