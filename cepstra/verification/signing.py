"""Ed25519 keys and the tokens that they sign (JWT, EdDSA): the current key signs, all check."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FORM = "32 bytes in base64url or 64 hexadecimal digits"


@dataclass(frozen=True)
class SigningKey:
    """A private key and the id by which its signatures name it."""

    private: Ed25519PrivateKey
    id: str

    @classmethod
    def from_text(cls, text: str) -> SigningKey:
        """Read 32 bytes in base64url or as 64 hexadecimal digits.

        Raises:
            ValueError: it is something else.
        """
        try:
            private = Ed25519PrivateKey.from_private_bytes(_decode(text))
        except ValueError:
            raise ValueError(f"expected {KEY_FORM}, got something else") from None
        return cls(private, _thumbprint(private))

    def to_text(self) -> str:
        """Return what `from_text` reads."""
        return _base64url(self.private.private_bytes_raw())

    def sign(self, claims: dict[str, Any], type: str) -> str:
        """Return claims as a token; its type keeps it from passing for one of another purpose."""
        return jwt.encode(claims, self.private, "EdDSA", headers={"kid": self.id, "typ": type})

    def public_jwk(self) -> Mapping[str, str]:
        """Return the public key as a JSON web key (RFC 8037)."""
        return {**_required_members(self.private), "kid": self.id, "alg": "EdDSA", "use": "sig"}


@dataclass(frozen=True)
class SigningKeys:
    """The current key first, then those of signatures that may still be about."""

    keys: Sequence[SigningKey]

    @classmethod
    def from_text(cls, text: str) -> SigningKeys:
        """Read keys separated by commas or spaces, perhaps none.

        Raises:
            ValueError: one is not 32 bytes in base64url or hexadecimal digits.
        """
        return cls([SigningKey.from_text(part) for part in text.replace(",", " ").split()])

    def to_text(self) -> str:
        """Return what `from_text` reads."""
        return ",".join(key.to_text() for key in self.keys)

    @property
    def current(self) -> SigningKey | None:
        """Return the key that signs, None without any."""
        return self.keys[0] if self.keys else None

    def find(self, key_id: Any) -> SigningKey | None:
        """Return the key of that id."""
        return next((key for key in self.keys if key.id == key_id), None)

    def read(self, token: str, type: str, **rules: Any) -> dict[str, Any] | None:
        """Return a token's claims; None unless a key here signed it, as that type, and it holds.

        Args:
            token: from `SigningKey.sign`.
            type: of the token.
            rules: what the claims have to be, as options of `jwt.decode`.
        """
        try:
            header = jwt.get_unverified_header(token)
            key = self.find(header.get("kid"))
            if key is None or header.get("typ") != type:
                return None
            public = key.private.public_key()
            claims: dict[str, Any] = jwt.decode(token, public, ["EdDSA"], **rules)
        except jwt.InvalidTokenError:
            return None
        return claims

    def rotated(self) -> SigningKeys:
        """Return a fresh key before the current one; older ones are forgotten."""
        return SigningKeys([fresh_key(), *self.keys[:1]])


def fresh_key() -> SigningKey:
    """Make a key."""
    private = Ed25519PrivateKey.generate()
    return SigningKey(private, _thumbprint(private))


def _required_members(private: Ed25519PrivateKey) -> dict[str, str]:
    public = _base64url(private.public_key().public_bytes_raw())
    return {"crv": "Ed25519", "kty": "OKP", "x": public}


def _thumbprint(private: Ed25519PrivateKey) -> str:
    """Return the JWK thumbprint (RFC 7638): members in order, no white space, SHA-256."""
    members = ",".join(f'"{name}":"{text}"' for name, text in _required_members(private).items())
    return _base64url(hashlib.sha256(f"{{{members}}}".encode()).digest())


def _decode(text: str) -> bytes:
    if re.fullmatch("[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text)
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
