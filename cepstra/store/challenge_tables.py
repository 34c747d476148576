"""The tables of challenges: open ones, what was answered so far, and what was said lately."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from cepstra.store.tables import Moment, SealedBytes, metadata


def _now() -> datetime:
    return datetime.now(UTC)


challenges = sa.Table(
    "challenges",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("alias", sa.String(64), nullable=False),
    sa.Column("holder", sa.String(32), nullable=False),
    sa.Column("digits", sa.String(10), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Index(None, "expires_at"),
    sa.Index(None, "alias"),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "challenge_id",
        sa.String(32),
        sa.ForeignKey("challenges.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("digit", sa.Integer),
    sa.Column("frontend", sa.String(32)),
    sa.Column("arrays", SealedBytes, nullable=False),
    sa.Index(None, "challenge_id", "id"),
)

fingerprints = sa.Table(
    "fingerprints",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "speaker_id",
        sa.Integer,
        sa.ForeignKey("speakers.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("detector", sa.String(64), nullable=False),
    sa.Column("fingerprint", SealedBytes, nullable=False),
    sa.Column("created_at", Moment, nullable=False, default=_now),
    sa.Column("digit", sa.Integer),
    sa.Column("is_accepted", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "speaker_id", "detector", "id"),
    sqlite_autoincrement=True,
)
