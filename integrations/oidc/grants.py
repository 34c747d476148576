"""OpenID Connect by Authlib: the code flow with PKCE, and ID tokens that tell of a voice."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode, UserInfo
from flask import Flask, Request
from flask import request as current_request

from oidc.clients import Client
from oidc.hint import Person
from oidc.once import OnceStore
from oidc.settings import Settings

AMR = ["vbm"]  # voice biometric (RFC 8176)
ALGORITHM = "RS256"  # the one that every relying party knows
CODE_S, TOKEN_S = 60, 300


class Call(OAuth2Request):  # type: ignore[misc]
    """A request at the issuer's address, whatever a proxy made of it."""

    def __init__(self, uri: str, method: str, values: Mapping[str, str], headers: Any = None):
        super().__init__(method, uri, headers=headers)
        self.payload = BasicOAuth2Payload(values)

    @property
    def form(self) -> Mapping[str, str]:
        """Return the parameters."""
        values: Mapping[str, str] = self.payload.data
        return values


class Provider(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server with our clients, and codes in our store."""

    def __init__(self, app: Flask, settings: Settings, store: OnceStore) -> None:
        self.settings, self.store = settings, store
        app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": TOKEN_S}
        super().__init__(app, settings.clients.get, lambda token, request: None)
        self.register_grant(VoiceGrant, [StepUpRules(), CodeChallenge(), VoiceToken(settings)])
        self.register_extension(_Issuer(settings.issuer))

    def create_oauth2_request(self, request: Request | None) -> Call:
        """Read the request that is being answered."""
        given = current_request
        sent = given.form if given.method == "POST" else given.args
        if repeated := [name for name, some in sent.lists() if len(some) > 1]:
            raise InvalidRequestError(f"Given more than once: {len(repeated)} parameters")
        values = {name: value for name, value in sent.items() if value}
        return self.call(given.method, values, given.headers)

    def call(self, method: str, values: Mapping[str, str], headers: Any = None) -> Call:
        """Return a request with those parameters."""
        return Call(f"{self.settings.issuer}/", method, values, headers)

    def handle_error_response(self, request: Call | None, error: OAuth2Error) -> Any:
        """Refuse, and say who does: relying parties pass over what says nothing (RFC 9207)."""
        if error.redirect_uri:
            told = [("iss", self.settings.issuer)]
            error.redirect_uri = add_params_to_uri(error.redirect_uri, told)
        return super().handle_error_response(request, error)


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """What a code stands for."""

    client_id: str
    redirect_uri: str
    code_challenge: str
    nonce: str | None
    subject: str
    auth_time: int
    acr: str
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        """Return where it was sent."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return the one scope there is."""
        return "openid"

    def get_nonce(self) -> str | None:
        """Return the relying party's nonce."""
        return self.nonce

    def get_auth_time(self) -> int:
        """Return when the person spoke, in seconds since 1970."""
        return self.auth_time

    def get_acr(self) -> str:
        """Return the class of the check."""
        return self.acr

    def get_amr(self) -> list[str]:
        """Return the method: a voice."""
        return AMR


class VoiceGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """The code flow; a code is gone as soon as anybody shows it."""

    def save_authorization_code(self, code: str, request: Call) -> None:
        """Keep what the code stands for, for a minute."""
        given, person = request.payload.data, request.user
        kept = Code(
            client_id=request.client.id,
            redirect_uri=given["redirect_uri"],
            code_challenge=given["code_challenge"],
            nonce=given.get("nonce"),
            subject=person.subject,
            auth_time=int(time.time()),
            acr=self.server.settings.acr,
        )
        self.server.store.put("code", code, asdict(kept), CODE_S)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """Take the code of that client."""
        kept = self.server.store.take("code", code)
        return Code(**kept) if kept and kept["client_id"] == client.id else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Do nothing: it was taken."""

    def authenticate_user(self, authorization_code: Code) -> Person:
        """Return who spoke."""
        return Person("", authorization_code.subject)


class StepUpRules:
    """What a request must and must not ask for, beyond what Authlib checks."""

    def __call__(self, grant: VoiceGrant) -> None:
        """Check every authorization request."""
        grant.register_hook("after_validate_authorization_request_payload", self.check)

    def check(self, grant: VoiceGrant, redirect_uri: str) -> None:
        """Refuse requests without S256, of an unknown kind, or with a max_age that is no number.

        Every authorization asks for the voice anew, so any `max_age` holds.
        """
        given = grant.request.payload.data
        if given.get("code_challenge_method") != "S256" or "code_challenge" not in given:
            raise InvalidRequestError("code_challenge: expected one of the method S256")
        if given.get("response_mode", "query") != "query":
            raise InvalidRequestError("response_mode: expected query")
        for name in ("request", "request_uri"):
            if name in given:
                raise InvalidRequestError(error=f"{name}_not_supported")
        if not given.get("max_age", "0").isdecimal():
            raise InvalidRequestError("max_age: expected a whole number of seconds")


class VoiceToken(OpenIDCode):  # type: ignore[misc]
    """ID tokens: who spoke, when, and that it was checked by voice."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._key = settings.keys.keys[0]

    def exists_nonce(self, nonce: str, request: Call) -> bool:
        """Say no: a nonce is the relying party's to compare."""
        return False

    def resolve_client_private_key(self, client: Client) -> Any:
        """Return the current key."""
        return self._key

    def get_encode_header(self, client: Client) -> dict[str, str]:
        """Name the key."""
        return {"alg": ALGORITHM, "kid": str(self._key.kid)}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        """Return who says so, to whom, until when."""
        expires_at = int(time.time()) + TOKEN_S
        return {"iss": self._settings.issuer, "aud": [client.id], "exp": expires_at}

    def generate_user_info(self, user: Person, scope: str) -> UserInfo:
        """Tell the subject; a relying party knows everything else."""
        return UserInfo(sub=user.subject)


class _Issuer(IssuerParameter):  # type: ignore[misc]
    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def __call__(self, server: Any) -> None:
        super().__call__(server)

    def get_issuer(self) -> str:
        return self._issuer
