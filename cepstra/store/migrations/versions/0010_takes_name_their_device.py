"""Takes name the device they were recorded with.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("takes") as takes:
        takes.add_column(sa.Column("device", sa.String(64)))


def downgrade() -> None:
    with op.batch_alter_table("takes") as takes:
        takes.drop_column("device")
