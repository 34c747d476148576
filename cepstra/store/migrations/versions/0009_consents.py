"""Speakers consent to what is kept of them.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    speaker = sa.ForeignKey("speakers.id", ondelete="CASCADE")
    op.create_table(
        "consents",
        sa.Column("speaker_id", sa.Integer(), speaker, primary_key=True, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("consents")
