"""What is kept from one request to the next: entries that expire, each taken once.

A file of SQLite, so that several processes share it and a restart loses no login. Keys are codes
and ids that open something, so their digests alone are kept.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at REAL NOT NULL
)
"""
BUSY_S = 20


class OnceStore:
    """Entries by kind and key; the file is for its owner alone."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._path = path
        self._run(SCHEMA)

    def put(self, kind: str, key: str, value: Mapping[str, Any], lifetime_s: float) -> bool:
        """Keep an entry; False, and nothing changed, where there is one of that key already."""
        now = time.time()
        self._run("DELETE FROM entries WHERE expires_at < ?", now)
        text = "INSERT OR IGNORE INTO entries VALUES (?, ?, ?) RETURNING key"
        return self._run(text, _digest(kind, key), json.dumps(value), now + lifetime_s) is not None

    def look(self, kind: str, key: str) -> dict[str, Any] | None:
        """Return an entry that has not expired."""
        text = "SELECT value FROM entries WHERE key = ? AND expires_at >= ?"
        return _value(self._run(text, _digest(kind, key), time.time()))

    def take(self, kind: str, key: str) -> dict[str, Any] | None:
        """Remove an entry and return it: of several who ask, one gets it."""
        text = "DELETE FROM entries WHERE key = ? AND expires_at >= ? RETURNING value"
        return _value(self._run(text, _digest(kind, key), time.time()))

    def _run(self, text: str, *values: object) -> tuple[str] | None:
        with closing(sqlite3.connect(self._path, timeout=BUSY_S)) as connection, connection:
            rows = connection.execute(text, values).fetchall()
        return rows[0] if rows else None


def _digest(kind: str, key: str) -> str:
    return hashlib.sha256(f"{kind}:{key}".encode()).hexdigest()


def _value(row: tuple[str] | None) -> dict[str, Any] | None:
    return None if row is None else json.loads(row[0])
