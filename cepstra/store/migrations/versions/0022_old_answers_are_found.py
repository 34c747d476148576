"""Answers that have been kept long enough are found without reading all others.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"

INDEX = "ix_fingerprints_created_at"


def upgrade() -> None:
    op.create_index(INDEX, "fingerprints", ["created_at"])


def downgrade() -> None:
    op.drop_index(INDEX, "fingerprints")
