"""The service's log on standard error: one line an event, as JSON or for people.

Lines hold no features and no names of speakers: database errors, which quote values, are named by
their type alone.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

DRIVERS = ("sqlite3", "psycopg")


class JsonLines(logging.Formatter):
    """A record as a JSON object; the attribute `fields` of a record adds members."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger, message, the request's id and what the record adds."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if asked := request_id.get():
            line.setdefault("request_id", asked)
        if record.exc_info and record.exc_info[1]:
            line["exception"] = describe(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


class TextLines(logging.Formatter):
    """A record as a line for people, an exception below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Return the line with what the record adds behind the message."""
        added = " ".join(str(value) for value in getattr(record, "fields", {}).values())
        return f"{super().formatMessage(record)} {added}".rstrip()

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Return where the exception came from."""
        return describe(ei[1])


def configuration(level: str, form: str) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` makes the service's log of.

    Args:
        level: debug, info, warning or error.
        form: json, text, or auto, which is text on a terminal.
    """
    is_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    of_gunicorn = {"handlers": [], "level": "NOTSET", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": TextLines if is_text else JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        "loggers": {"gunicorn.error": of_gunicorn, "alembic": {"level": "WARNING"}},
    }


def describe(error: BaseException) -> str:
    """Return the traceback of an exception and its causes, without what databases quote."""
    parts = ["".join(traceback.format_tb(one.__traceback__)) + _named(one) for one in _chain(error)]
    return "\nwhich came from:\n".join(parts)


def _named(error: BaseException) -> str:
    kind = type(error)
    if isinstance(error, SQLAlchemyError) or kind.__module__.startswith(DRIVERS):
        return kind.__qualname__
    return f"{kind.__qualname__}: {error}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
