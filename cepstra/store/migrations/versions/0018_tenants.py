"""Keys, thresholds and audit entries may be a tenant's; names have room for one before them.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0018"
down_revision = "0017"

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
    _demand_no_tenants()
    for table in ("challenges", "lockouts"):  # which pass by themselves
        op.execute(f"DELETE FROM {table} WHERE alias LIKE '%/%'")
    for table in TABLES:
        op.drop_column(table, "tenant")
    if op.get_bind().dialect.name == "postgresql":
        for table in NAMED:
            op.alter_column(table, "alias", type_=sa.String(64))


def _demand_no_tenants() -> None:
    """Refuse where rows are left that nothing would hold in a tenant any more."""
    kept = {
        "speakers": "speakers WHERE alias LIKE '%/%'",
        "open keys": "api_keys WHERE tenant <> '' AND revoked_at IS NULL",
        "thresholds": "thresholds WHERE tenant <> ''",
    }
    connection = op.get_bind()
    count = {
        what: connection.scalar(sa.text(f"SELECT count(*) FROM {rows}"))
        for what, rows in kept.items()
    }
    if any(count.values()):
        got = ", ".join(f"{n} {what}" for what, n in count.items())
        raise CommandError(
            f"expected nothing of tenants in the database, got {got}: delete those speakers, "
            "revoke those keys and undo those thresholds before the layout goes back to 0017"
        )
