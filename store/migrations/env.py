"""Alembic's entry: runs the migrations on the connection that store.migrate hands over."""

from __future__ import annotations

from alembic import context

import store.caller_tables  # noqa: F401  (adds its tables to the metadata)
from store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
