"""The database notes which keys its data are sealed with; data of before are noted as plain.

Revision ID: 0007
Revises: 0006
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

SEALED = b"CSL1"
COLUMNS = (
    ("takes", "arrays"),
    ("models", "arrays"),
    ("voiceprints", "vector"),
    ("fingerprints", "fingerprint"),
)


def upgrade() -> None:
    data_keys = op.create_table(
        "data_keys",
        sa.Column("key_id", sa.String(8), primary_key=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )
    for table in ("answers", "challenges"):  # open for two minutes at most: not taken over
        op.execute(f"DELETE FROM {table}")
    if any(_holds_plain(*place) for place in COLUMNS):
        now = datetime.now(UTC).replace(tzinfo=None)
        op.bulk_insert(data_keys, [{"key_id": "plain", "created_at": now}])


def downgrade() -> None:
    op.drop_table("data_keys")


def _holds_plain(table_name: str, column_name: str) -> bool:
    table = sa.table(table_name, sa.column(column_name, sa.LargeBinary))
    begins = sa.func.substr(table.c[column_name], 1, len(SEALED))
    plain = sa.select(sa.literal(1)).where(begins != sa.literal(SEALED, sa.LargeBinary))
    return op.get_bind().execute(plain.select_from(table).limit(1)).first() is not None
