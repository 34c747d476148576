"""The tables of those who may call: keys of backends, accounts of people, tokens taken back."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from cepstra.store.tables import Moment, metadata


def _now() -> datetime:
    return datetime.now(UTC)


api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("scopes", sa.String(64), nullable=False),
    sa.Column("created_at", Moment, nullable=False, default=_now),
    sa.Column("expires_at", Moment),
    sa.Column("revoked_at", Moment),
    sqlite_autoincrement=True,
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "speaker_id",
        sa.Integer,
        sa.ForeignKey("speakers.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    sa.Column("password_hash", sa.String(128), nullable=False),
    sa.Column("created_at", Moment, nullable=False, default=_now),
    sa.Column("password_version", sa.Integer, nullable=False, server_default="1"),
    sqlite_autoincrement=True,
)

# Names of speakers who were deleted, so that nobody else gets them; see store/retired_names.py.
retired_names = sa.Table(
    "retired_names",
    metadata,
    sa.Column("name_hash", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(16), nullable=False),
)

revoked_tokens = sa.Table(
    "revoked_tokens",
    metadata,
    sa.Column("jti", sa.String(32), primary_key=True),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Index(None, "expires_at"),
)
