"""A tenant's audit entries are found without reading everybody's.

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"

INDEX = "ix_audit_log_tenant_id"


def upgrade() -> None:
    op.create_index(INDEX, "audit_log", ["tenant", "id"])


def downgrade() -> None:
    op.drop_index(INDEX, "audit_log")
