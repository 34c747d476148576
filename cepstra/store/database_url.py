"""The address of a database, as people and platforms write it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",  # Heroku's name for it
    "postgresql+psycopg": "postgresql+psycopg",
}
EXPECTED = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"


def parse(text: str) -> sa.URL:
    """Return the address with the driver that is installed.

    Raises:
        ValueError: it is none, or of another kind of database; the text is not repeated, for it
            may hold a password.
    """
    try:
        url = sa.make_url(text)
    except ArgumentError:
        raise ValueError(f"DATABASE_URL: expected {EXPECTED}, got something else") from None
    if url.drivername not in DRIVERS:
        raise ValueError(f"DATABASE_URL: expected {EXPECTED}, got {url.drivername}")
    return url.set(drivername=DRIVERS[url.drivername])
