"""Arrays on their way into the database and out of it: packed, then sealed with AES-256-GCM.

A sealed blob is MAGIC, the key's id, a random nonce of 12 bytes, the ciphertext and its tag. Table
and owner, the number of a speaker or the id of a challenge, are authenticated with it, so a blob
moved to another speaker does not open.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection

from cepstra.store.arrays import Arrays, pack, unpack
from cepstra.store.keyring import KEY_ID_BYTES, Key, Keyring

MAGIC = b"CSL1"  # as a safetensors header length it would be impossible
HEADER_BYTES = len(MAGIC) + KEY_ID_BYTES
NONCE_BYTES = 12


class SealError(Exception):
    """A blob does not open: changed, moved from elsewhere, never sealed, or its key is missing."""


class MissingKeyError(SealError):
    """The key of a blob is not at hand, as in a worker that keys were rotated without."""


def keyring_of(connection: Connection) -> Keyring:
    """Return the keys of the connection's store."""
    ring: Keyring = connection.get_execution_options()["keyring"]
    return ring


def seal_arrays(connection: Connection, table: str, owner: int | str, arrays: Arrays) -> bytes:
    """Return the arrays as one byte string that only the keyring's holder can read."""
    return seal(keyring_of(connection), table, owner, pack(arrays))


def open_arrays(connection: Connection, table: str, owner: int | str, blob: bytes) -> Arrays:
    """Return the arrays that `seal_arrays` was given.

    Raises:
        SealError: the blob is not what was sealed for that table and owner.
    """
    return unpack(open_blob(keyring_of(connection), table, owner, blob))


def seal(keyring: Keyring, table: str, owner: int | str, content: bytes) -> bytes:
    """Encrypt with the current key."""
    header, nonce = header_of(keyring.current), secrets.token_bytes(NONCE_BYTES)
    place = _place(header, table, owner)
    return header + nonce + keyring.current.cipher.encrypt(nonce, content, place)


def open_blob(keyring: Keyring, table: str, owner: int | str, blob: bytes) -> bytes:
    """Decrypt with the key that the blob names.

    Raises:
        MissingKeyError: it is sealed with a key that is not at hand.
        SealError: the blob is not what was sealed for that table and owner.
    """
    if not is_sealed(blob):
        raise SealError(f"{describe(table, owner)}: expected sealed data, got plain data")
    header, begins = blob[:HEADER_BYTES], HEADER_BYTES + NONCE_BYTES
    key = keyring.find(header[len(MAGIC) :])
    if key is None:
        text = f"sealed with key {header[len(MAGIC) :].hex()}, which is missing"
        raise MissingKeyError(f"{describe(table, owner)}: {text}")
    try:
        place = _place(header, table, owner)
        return key.cipher.decrypt(blob[HEADER_BYTES:begins], blob[begins:], place)
    except (InvalidTag, ValueError):
        text = "the data were changed or belong elsewhere"
        raise SealError(f"{describe(table, owner)}: {text}") from None


def describe(table: str, owner: int | str) -> str:
    """Say whose data these are, for an error."""
    return f"{table} of {'speaker' if isinstance(owner, int) else 'challenge'} {owner}"


def is_sealed(blob: bytes) -> bool:
    """Tell a sealed blob from one of before there was sealing."""
    return blob.startswith(MAGIC)


def header_of(key: Key) -> bytes:
    """Return how every blob begins that is sealed with the key."""
    return MAGIC + key.id


def _place(header: bytes, table: str, owner: int | str) -> bytes:
    return b"\0".join((header, table.encode(), str(owner).encode()))
