"""What is kept: speakers, takes, models and scorings, in SQLite or PostgreSQL."""

from store.engine import Store
from store.opening import connect, open_store, prepare

__all__ = ["Store", "connect", "open_store", "prepare"]
