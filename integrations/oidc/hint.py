"""The `login_hint`: whom the relying party has let through its first factor, in its own words."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from authlib.oauth2.rfc6749 import InvalidRequestError
from joserfc import jwt
from joserfc.errors import JoseError

from oidc.clients import Client
from oidc.once import OnceStore

TYPE = "login-hint+jwt"  # so that no other token of the same key is taken for one (RFC 8725, 3.11)
ALGORITHMS = ["Ed25519", "EdDSA", "ES256", "RS256"]
LONGEST_S, LEEWAY_S = 300, 5
TEXTS = ("sub", "speaker", "jti")


class Person(NamedTuple):
    """Who is to speak: the speaker's name and immutable subject in Cepstra."""

    speaker: str
    subject: str


def read_hint(hint: str | None, client: Client, issuer: str, store: OnceStore) -> Person:
    """Return whom a hint names, which nobody can use again.

    Raises:
        InvalidRequestError: it is missing, not signed by the client, late, or was used.
    """
    try:
        token = jwt.decode(hint or "", client.hint_keys, ALGORITHMS)
    except (JoseError, ValueError, TypeError) as error:  # the last of a `crit` that is no list
        raise _refusal(f"a JWT signed by {client.id}", type(error).__name__) from None
    if token.header.get("typ") != TYPE:
        raise _refusal(f"typ {TYPE}", "another or none")
    fitting: dict[str, Any] = {name: {"essential": True} for name in ("exp", "iat", *TEXTS)}
    for name, value in {"iss": client.id, "aud": issuer}.items():
        fitting[name] = {"essential": True, "value": value}
    try:
        jwt.JWTClaimsRegistry(leeway=LEEWAY_S, **fitting).validate(token.claims)
    except JoseError as error:
        raise _refusal("iss, aud, sub, speaker, iat, exp and jti that fit", str(error)) from None
    if not all(_is_text(token.claims[name]) for name in TEXTS):
        raise _refusal("texts in sub, speaker and jti", "something else")
    if token.claims["exp"] > time.time() + LONGEST_S + LEEWAY_S:  # of any number of digits
        raise _refusal(f"exp within {LONGEST_S} s", "a later one")
    left_s = token.claims["exp"] - time.time()
    if not store.put("hint", f"{client.id} {token.claims['jti']}", {}, left_s + 2 * LEEWAY_S):
        raise _refusal("a jti never used before", "one that was")
    return Person(token.claims["speaker"], token.claims["sub"])


def _is_text(value: Any) -> bool:
    """Tell whether it is a text that can be written: JSON may hold half a character."""
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)


def _refusal(expected: str, got: str) -> InvalidRequestError:
    text = f"login_hint: expected {expected}, got {got}"
    return InvalidRequestError("".join(c if c.isascii() and c not in '"\\' else "'" for c in text))
