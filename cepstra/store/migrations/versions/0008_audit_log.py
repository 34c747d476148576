"""An audit log, whose entries know a speaker by number and outlive it.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("caller", sa.String(64), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("speaker_id", sa.Integer()),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("address", sa.String(64)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_created_at", "audit_log", ["created_at"])
    op.create_index("ix_audit_log_speaker_id_id", "audit_log", ["speaker_id", "id"])


def downgrade() -> None:
    op.drop_table("audit_log")
