"""The table of lockouts: how often somebody was rejected in a row, and until when they wait."""

from __future__ import annotations

import sqlalchemy as sa

from cepstra.store.tables import Moment, metadata

lockouts = sa.Table(
    "lockouts",
    metadata,
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("alias", sa.String(64), primary_key=True),
    sa.Column("rejects", sa.Integer, nullable=False),
    sa.Column("locked_until", Moment),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Index(None, "updated_at"),
)
