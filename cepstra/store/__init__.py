"""What is kept: speakers, takes, models and scorings, in SQLite or PostgreSQL."""

from cepstra.store.engine import Store
from cepstra.store.opening import connect, open_store, prepare

__all__ = ["Store", "connect", "open_store", "prepare"]
