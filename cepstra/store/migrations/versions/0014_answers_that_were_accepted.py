"""Fingerprints tell whether their attempt was accepted: those of others go sooner.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column(
        "fingerprints",
        sa.Column("is_accepted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(sa.text("UPDATE fingerprints SET is_accepted = :yes").bindparams(yes=True))


def downgrade() -> None:
    with op.batch_alter_table("fingerprints") as fingerprints:
        fingerprints.drop_column("is_accepted")
