"""Speakers have a lasting subject, deleted ones leave their name, passwords have a version.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    subject = sa.Column("subject", sa.String(32), nullable=False, server_default="")
    op.add_column("speakers", subject)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    fresh = "lower(hex(randomblob(16)))" if is_sqlite else "replace(gen_random_uuid()::text,'-','')"
    op.execute(f"UPDATE speakers SET subject = {fresh}")
    version = sa.Column("password_version", sa.Integer, nullable=False, server_default="1")
    op.add_column("accounts", version)
    op.create_table(
        "retired_names",
        sa.Column("name_hash", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name="pk_retired_names"),
    )


def downgrade() -> None:
    op.drop_table("retired_names")
    op.drop_column("accounts", "password_version")
    op.drop_column("speakers", "subject")
