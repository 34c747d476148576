"""Keys, thresholds and audit entries may be a tenant's; names have room for one before them.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("api_keys", "thresholds", "audit_log")
NAMED = ("speakers", "challenges", "lockouts")


def upgrade() -> None:
    for table in TABLES:
        tenant = sa.Column("tenant", sa.String(32), nullable=False, server_default="")
        op.add_column(table, tenant)
    if op.get_bind().dialect.name == "postgresql":  # SQLite takes no account of lengths
        for table in NAMED:
            op.alter_column(table, "alias", type_=sa.String(97))


def downgrade() -> None:
    # What knows no tenants would let these keys reach everybody, and hold everybody to these.
    op.execute(
        "UPDATE api_keys SET revoked_at = created_at WHERE tenant <> '' AND revoked_at IS NULL"
    )
    op.execute("DELETE FROM thresholds WHERE tenant <> ''")
    for table in TABLES:
        op.drop_column(table, "tenant")
