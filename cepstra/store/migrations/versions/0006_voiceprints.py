"""One short vector a speaker, and counters that tell every process what has changed.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    reference = sa.ForeignKey("speakers.id", ondelete="CASCADE")
    op.create_table(
        "voiceprints",
        sa.Column("speaker_id", sa.Integer(), reference, primary_key=True),
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_voiceprints_change", "voiceprints", ["change"])
    counters = op.create_table(
        "voiceprint_counters",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("deletions", sa.Integer(), nullable=False),
    )
    op.bulk_insert(counters, [{"id": 1, "changes": 0, "deletions": 0}])
    # Models without a voiceprint count as outdated: they are made anew when next used.
    op.execute("UPDATE models SET system = '' WHERE system <> 'classic'")


def downgrade() -> None:
    for derived in ("voiceprint_vectors", "voiceprint_index"):  # made by store.vector_index
        op.execute(f"DROP TABLE IF EXISTS {derived}")
    op.drop_table("voiceprint_counters")
    op.drop_table("voiceprints")
