"""Tell a database that is away or busy for a moment from a mistake in what it was asked."""

from __future__ import annotations

import sqlalchemy.exc as sa_exc

from cepstra.store.encryption import MissingKeyError

__all__ = ["MissingKeyError", "cause", "is_full", "is_passing"]

# https://www.postgresql.org/docs/current/errcodes-appendix.html
PASSING_STATES = (
    "08",  # connection exceptions
    "40",  # transaction rolled back: deadlock, serialization failure
    "53",  # insufficient resources
    "55P03",  # lock not available in time
    "57",  # cancelled, shutting down, starting up
    "25006",  # read-only: a standby, while another server takes over
    "25P03",  # idle in a transaction for too long
)

DISK_FULL = ("53100", "SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")  # the last where it is opened


def is_full(error: sa_exc.SQLAlchemyError) -> bool:
    """Tell whether there was no room for what was to be kept; nothing of it was."""
    origin = getattr(error, "orig", None)
    told = getattr(origin, "sqlstate", None), getattr(origin, "sqlite_errorname", None)
    return any(name in DISK_FULL for name in told)


def cause(error: sa_exc.DBAPIError) -> str:
    """Return why a database failed, in words for whoever runs it."""
    return f"its disk is full: {error.orig}" if is_full(error) else str(error.orig)


def is_passing(error: sa_exc.SQLAlchemyError) -> bool:
    """Tell whether the same request may succeed shortly: nothing of it was kept."""
    if isinstance(error, sa_exc.TimeoutError):  # every connection of the pool is in use
        return True
    if not isinstance(error, sa_exc.DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(PASSING_STATES)
    return isinstance(error, sa_exc.OperationalError) or error.connection_invalidated
