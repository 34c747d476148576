"""Attempts keep all their digits, not the last alone.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("scorings") as scorings:
        scorings.add_column(sa.Column("digits", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("scorings") as scorings:
        scorings.drop_column("digits")
