"""Thresholds that operators adopted in place of the shipped one.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "thresholds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_thresholds"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_thresholds_system_id", "thresholds", ["system", "id"])


def downgrade() -> None:
    op.drop_table("thresholds")
