"""A checksum of rows that is the same whichever database they come from, in any order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass
class Checksum:
    """The number of rows and the sum of their SHA-256."""

    n_rows: int = 0
    total: int = 0

    def add(self, row: Sequence[Any]) -> None:
        """Count a row in."""
        self.n_rows += 1
        self.total = (self.total + int.from_bytes(digest(row), "big")) % 2**256


def digest(row: Sequence[Any]) -> bytes:
    """Return the SHA-256 of a row's values, each with its type and length."""
    hashed = hashlib.sha256()
    for value in row:
        kind, content = _canonical(value)
        hashed.update(f"{kind} {len(content)} ".encode())
        hashed.update(content)
    return hashed.digest()


def _canonical(value: Any) -> tuple[str, bytes]:
    if isinstance(value, bytes | memoryview):
        return "bytes", bytes(value)
    if isinstance(value, datetime):
        return "time", value.astimezone(UTC).isoformat().encode()
    if isinstance(value, dict | list):
        return "json", json.dumps(value, sort_keys=True).encode()
    return type(value).__name__, str(value).encode()
