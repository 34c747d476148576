"""Models name the system that made them, so that a new one can replace them.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    column = sa.Column("system", sa.String(64), nullable=False, server_default="classic")
    with op.batch_alter_table("models") as models:
        models.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("models") as models:
        models.drop_column("system")
