"""Speakers, takes, models and scorings.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "speakers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("alias", sa.String(64), nullable=False),
        sa.Column("frontend", sa.String(32)),
        sa.Column("width", sa.Integer()),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("alias", name="uq_speakers_alias"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "models",
        _speaker_key(primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("arrays", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "scorings",
        sa.Column("id", sa.Integer(), primary_key=True),
        _speaker_key(),
        sa.Column("digit", sa.Integer()),
        sa.Column("result", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_scorings_speaker_id_id", "scorings", ["speaker_id", "id"])
    op.create_table(
        "takes",
        sa.Column("id", sa.Integer(), primary_key=True),
        _speaker_key(),
        sa.Column("role", sa.String(9), nullable=False),
        sa.Column("digit", sa.Integer()),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("n_frames", sa.Integer(), nullable=False),
        sa.Column("arrays", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_takes_speaker_id_role_id", "takes", ["speaker_id", "role", "id"])


def downgrade() -> None:
    for table in ("takes", "scorings", "models", "speakers"):
        op.drop_table(table)


def _speaker_key(primary_key: bool = False) -> sa.Column[int]:
    reference = sa.ForeignKey("speakers.id", ondelete="CASCADE")
    return sa.Column("speaker_id", sa.Integer(), reference, primary_key=primary_key, nullable=False)
