"""Takes keep what others are compared with, and remembered answers the digit they were sent as.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("takes", sa.Column("prints", sa.LargeBinary))
    op.add_column("fingerprints", sa.Column("digit", sa.Integer))


def downgrade() -> None:
    with op.batch_alter_table("fingerprints") as fingerprints:
        fingerprints.drop_column("digit")
    with op.batch_alter_table("takes") as takes:
        takes.drop_column("prints")
