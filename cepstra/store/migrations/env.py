"""Alembic's entry: runs the migrations on the connection that store.migrate hands over."""

from __future__ import annotations

from alembic import context

import cepstra.store.caller_tables
import cepstra.store.challenge_tables
import cepstra.store.lockout_tables
import cepstra.store.outbox  # noqa: F401  (all four add their tables to the metadata)
from cepstra.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
