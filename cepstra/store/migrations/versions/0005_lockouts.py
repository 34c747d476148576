"""Lockouts after repeated rejections.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "lockouts",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("alias", sa.String(64), primary_key=True),
        sa.Column("rejects", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime()),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_lockouts_updated_at", "lockouts", ["updated_at"])


def downgrade() -> None:
    op.drop_table("lockouts")
