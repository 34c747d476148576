"""What a check found: the state of one thing, why, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum


class State(str, Enum):  # noqa: UP042  (has to run on a Python that is too old)
    """How bad it is; only `WRONG` keeps something from working."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        check: what was looked at.
        state: how bad it is.
        found: what was found, and the cause where something is wrong.
        mend: what to do about it; empty where there is nothing to do.
    """

    check: str
    state: State
    found: str
    mend: str = ""


Check = Callable[[], Iterable[Finding]]


def ok(check: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(check, State.OK, found)


def note(check: str, found: str, mend: str = "") -> Finding:
    """Worth knowing, but nothing is broken."""
    return Finding(check, State.NOTE, found, mend)


def wrong(check: str, found: str, mend: str) -> Finding:
    """Something will not work until it is mended."""
    return Finding(check, State.WRONG, found, mend)
