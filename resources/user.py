"""POST /user: accounts of people."""

from __future__ import annotations

from typing import Any

from flask_restful import Resource

from cepstra.resources.body import load_body
from cepstra.resources.contract import contract
from cepstra.resources.request_scope import current_service, current_sessions
from cepstra.resources.schemas import AccountSchema, CredentialsSchema
from cepstra.verification import accounts

credentials_schema = CredentialsSchema()
account_schema = AccountSchema()


class User(Resource):  # type: ignore[misc]
    """Accounts."""

    @contract(
        AccountSchema, CredentialsSchema, None, 201, (400, 409, 413, 415, 429), scope="public"
    )
    def post(self) -> Any:
        """Create an account and its speaker."""
        credentials = load_body(credentials_schema)
        current_sessions().check_open()
        speaker = accounts.create(current_service(), **credentials)
        return account_schema.dump({"name": speaker.alias, "created_at": speaker.created_at}), 201
