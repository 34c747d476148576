"""Attempts keep what was decided on them, which the share of matching frames does not tell.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    with op.batch_alter_table("scorings") as scorings:
        scorings.add_column(sa.Column("decided", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("scorings") as scorings:
        scorings.drop_column("decided")
