"""The keys that data are sealed with: from the environment, or from a file beside the database."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
KEY_ID_BYTES = 4
KEY_FORM = "32 random bytes in base64, or 64 hexadecimal digits"
HOW_TO_MAKE = "cepstra make-secrets"


class KeyringError(ValueError):
    """A key is missing, malformed or not the one that was used; says which and what to do."""


@dataclass(frozen=True)
class Key:
    """A key of AES-256-GCM and the public name that a sealed blob carries.

    Attributes:
        id: first bytes of a hash of the key.
        cipher: the key in use; safe to share between threads.
    """

    id: bytes
    cipher: AESGCM = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> Key:
        """Take 32 secret bytes."""
        return cls(
            hashlib.sha256(b"cepstra key id" + secret).digest()[:KEY_ID_BYTES], AESGCM(secret)
        )


class Keyring:
    """The current key, which seals, and older ones, which only open."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.current = keys[0]
        self._by_id = {key.id: key for key in keys}

    def __contains__(self, key_id: bytes) -> bool:
        return key_id in self._by_id

    def find(self, key_id: bytes) -> Key | None:
        """Return the key of that id, if it is here."""
        return self._by_id.get(key_id)


def make_key() -> str:
    """Return a new random key as text."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def parse_keys(text: str, source: str) -> Keyring:
    """Read keys parted by commas or line ends, the current one first.

    Raises:
        KeyringError: there is none, or one is malformed; `source` says where it stands.
    """
    parts = [part for part in re.split(r"[,\s]+", text) if part]
    if not parts:
        raise KeyringError(f"{source}: expected {KEY_FORM}, got nothing")
    return Keyring([Key.of(_secret(part, f"{source}, key {n}")) for n, part in enumerate(parts, 1)])


def keyring_for(url: sa.URL, data_keys: str, key_file_allowed: bool = True) -> Keyring:
    """Return the keys for a database: those given, else those of the key file beside it.

    Raises:
        KeyringError: a key is malformed; or none is given and the database is none that this
            machine alone uses, which may have a key file.
    """
    if data_keys.strip():
        return parse_keys(data_keys, "DATA_KEYS")
    if url.get_backend_name() != "sqlite" or not key_file_allowed:
        needed = f"expected the key that data are encrypted with ({KEY_FORM}), got nothing"
        raise KeyringError(f"DATA_KEYS: {needed}; make one with `{HOW_TO_MAKE}` and keep it safe")
    path = key_file(url)
    if path is None:
        return parse_keys(make_key(), "a passing key")
    return parse_keys(_obtain_file(path), str(path))


def key_file(url: sa.URL) -> Path | None:
    """Return where the key file of a database is or would be; None where it has no file."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).with_suffix(".key")


def _secret(text: str, place: str) -> bytes:
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text)
    try:
        secret = base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except binascii.Error:
        raise KeyringError(f"{place}: expected {KEY_FORM}, got something else") from None
    if len(secret) != KEY_BYTES:
        raise KeyringError(f"{place}: expected {KEY_FORM}, got {len(secret)} bytes")
    return secret


def _obtain_file(path: Path) -> str:
    """Read the key file; make it first where it is missing, as one step among many processes."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            text = f"no key file can be made in {path.parent.resolve()}: {error.strerror}"
            raise KeyringError(f"DATABASE_URL: {text}") from None
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make_key() + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was faster; its key counts
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
