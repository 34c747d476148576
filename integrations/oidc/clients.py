"""The relying parties: who they are, where people return to, and who signs their hints."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

HEX = re.compile("[0-9a-f]{64}")
URI = re.compile(r"https://\S+|http://(127\.0\.0\.1|localhost)[:/]\S*")


def _are_uris(value: Any) -> bool:
    each = value if isinstance(value, list) else [None]
    return bool(each) and all(isinstance(uri, str) and URI.fullmatch(uri) for uri in each)


EXPECTED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "name": ("some text", lambda value: isinstance(value, str) and bool(value)),
    "secret_sha256": ("64 hexadecimal digits", lambda v: bool(HEX.fullmatch(str(v)))),
    "redirect_uris": ("a list of https:// addresses (http on this machine)", _are_uris),
}
MEMBERS = ("name", "secret_sha256", "redirect_uris", "hint_keys")


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]
    """A relying party.

    Attributes:
        id: its `client_id`.
        name: what people are told.
        secret_sha256: digest of its secret, which has 32 random bytes and needs no salt.
        redirect_uris: where the browser may be sent back to, to the letter.
        hint_keys: public keys of whoever signs its `login_hint`.
    """

    id: str
    name: str
    secret_sha256: str
    redirect_uris: Sequence[str]
    hint_keys: KeySet

    def get_client_id(self) -> str:
        """Return the `client_id`."""
        return self.id

    def get_default_redirect_uri(self) -> None:
        """Return none: a request has to name it."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the one scope there is, where it was asked for."""
        return "openid" if "openid" in (scope or "").split() else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether people may be sent there."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare digests."""
        return secrets.compare_digest(self.secret_sha256, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Accept a secret as basic authentication or in the form; nobody without."""
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        """Accept the code flow alone."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Accept codes alone: there are no refresh tokens."""
        return grant_type == "authorization_code"


def digest(secret: str) -> str:
    """Return what is kept of a client's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read_clients(path: Path) -> Mapping[str, Client]:
    """Read the file of clients.

    Raises:
        ValueError: a member is missing, unknown or cannot be used; says of which client.
    """
    return {name: read_client(name, entry) for name, entry in read_json(path).items()}


def read_json(path: Path) -> dict[str, Any]:
    """Read an object of JSON.

    Raises:
        ValueError: the file cannot be read, or holds something else.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: expected an object of JSON, got: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path}: expected an object of JSON, got {type(value).__name__}")
    return value


def read_keys(what: str, value: Any) -> KeySet:
    """Read a JSON web key set.

    Raises:
        ValueError: it is none, or empty.
    """
    try:
        keys = KeySet.import_key_set(value)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{what}: expected a JSON web key set, got: {error!r}") from None
    if not keys.keys:
        raise ValueError(f"{what}: expected at least one key, got none")
    for key in keys.keys:
        key.ensure_kid()
    return keys


def read_public_keys(path: Path) -> KeySet:
    """Read a JSON web key set, or one key as PEM.

    Raises:
        ValueError: the file cannot be read, or holds something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: expected a JSON web key set or PEM, got: {error}") from None
    if "-----BEGIN" not in text:
        return read_keys(str(path), read_json(path))
    for kind in (OKPKey, ECKey, RSAKey):
        with suppress(JoseError, ValueError):
            return KeySet([kind.import_key(kind.import_key(text).as_dict(private=False))])
    raise ValueError(f"{path}: expected PEM of an Ed25519, P-256 or RSA key, got something else")


def read_client(name: str, entry: Any) -> Client:
    """Read one entry of the file of clients.

    Raises:
        ValueError: a member is missing, unknown or cannot be used.
    """
    if not isinstance(entry, dict) or set(entry) != set(MEMBERS):
        got = ", ".join(entry) if isinstance(entry, dict) else type(entry).__name__
        raise ValueError(f"client {name}: expected {', '.join(MEMBERS)}, got {got}")
    for member, (expected, is_good) in EXPECTED.items():
        if not is_good(entry[member]):
            raise ValueError(f"client {name}: {member}: expected {expected}, got {entry[member]!r}")
    keys = read_keys(f"client {name}: hint_keys", entry["hint_keys"])
    if any(key.key_type == "oct" for key in keys.keys):
        raise ValueError(f"client {name}: hint_keys: expected public keys, got a shared secret")
    return Client(name, entry["name"], entry["secret_sha256"], entry["redirect_uris"], keys)
