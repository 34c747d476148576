"""Speakers are found by what their name has in common with others.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

from cepstra.store.likeness import whole_likeness

revision = "0021"
down_revision = "0020"

INDEX = "ix_speakers_likeness"


def upgrade() -> None:
    op.add_column("speakers", sa.Column("likeness", sa.Text()))
    connection = op.get_bind()
    kept = connection.execute(sa.text("SELECT id, alias FROM speakers")).all()
    rows = [{"of": number, "likeness": whole_likeness(alias)} for number, alias in kept]
    if rows:
        connection.execute(sa.text("UPDATE speakers SET likeness = :likeness WHERE id = :of"), rows)
    op.create_index(INDEX, "speakers", ["likeness"])


def downgrade() -> None:
    op.drop_index(INDEX, "speakers")
    op.drop_column("speakers", "likeness")
