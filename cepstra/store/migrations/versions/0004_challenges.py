"""Challenges, their answers so far, and fingerprints of the last attempts.

Revision ID: 0004
Revises: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "challenges",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("alias", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("digits", sa.String(10), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_challenges_expires_at", "challenges", ["expires_at"])
    op.create_index("ix_challenges_alias", "challenges", ["alias"])
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("challenge_id", sa.String(32), "challenges.id"),
        sa.Column("digit", sa.Integer()),
        sa.Column("frontend", sa.String(32)),
        sa.Column("arrays", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_answers_challenge_id_id", "answers", ["challenge_id", "id"])
    op.create_table(
        "fingerprints",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("speaker_id", sa.Integer(), "speakers.id"),
        sa.Column("detector", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sqlite_autoincrement=True,
    )
    columns = ["speaker_id", "detector", "id"]
    op.create_index("ix_fingerprints_speaker_id_detector_id", "fingerprints", columns)


def downgrade() -> None:
    for table in ("fingerprints", "answers", "challenges"):
        op.drop_table(table)


def _reference(name: str, kind: sa.types.TypeEngine[Any], target: str) -> sa.Column[Any]:
    return sa.Column(name, kind, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False)
