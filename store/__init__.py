"""What is kept: speakers, takes, models and scorings, in SQLite or any SQLAlchemy database."""

from store.engine import Store
from store.opening import open_store

__all__ = ["Store", "open_store"]
