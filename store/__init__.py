"""What is kept: speakers, takes, models and scorings, in SQLite or any SQLAlchemy database."""

from store.engine import Store

__all__ = ["Store"]
