"""Takes have names, by which they are sent twice but kept once, and can be forgotten.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("takes", sa.Column("name", sa.String(64)))
    op.execute("UPDATE takes SET name = 'take-' || id")
    with op.batch_alter_table("takes") as takes:
        takes.alter_column("name", existing_type=sa.String(64), nullable=False)
        takes.create_unique_constraint("uq_takes_speaker_id_name", ["speaker_id", "name"])


def downgrade() -> None:
    with op.batch_alter_table("takes") as takes:
        takes.drop_constraint("uq_takes_speaker_id_name", type_="unique")
        takes.drop_column("name")
