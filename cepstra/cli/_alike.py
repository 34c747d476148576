"""Names that differ by case and accents alone: two people, or one and a slip of the pen?"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from cepstra.cli._target import ClientSession
from cepstra.client import RefusedError
from cepstra.verification.names import likeness


def refused_alike(session: ClientSession, names: Iterable[str], is_sure: bool) -> set[str]:
    """Return those of the names that somebody says are another's, written otherwise.

    Asked is of each that is like one enrolled, or like an earlier one. Where nobody can answer, a
    warning tells of it: each name is a person of its own.
    """
    enrolled = _enrolled(session)
    known = {likeness(name): name for name in enrolled}
    refused: set[str] = set()
    for name in names:
        other = known.setdefault(likeness(name), name)
        if name == other or name in enrolled or is_sure:
            continue
        if somebody_can_answer():
            text = f"{name} is like {other}. Are they two people?"
            if not click.confirm(text, err=True):
                refused.add(name)
        else:
            session.answer.warn(f"{name} is like {other}; they are kept as two people")
    return refused


def somebody_can_answer() -> bool:
    """Tell whether standard input is a terminal."""
    return sys.stdin.isatty()


def _enrolled(session: ClientSession) -> set[str]:
    """Return who is enrolled; nobody where the caller may not ask."""
    try:
        return {speaker["alias"] for speaker in session.client.speakers()}
    except RefusedError:
        return set()
