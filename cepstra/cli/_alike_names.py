"""Names that differ by case or accents alone: are they two people?"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from cepstra.cli._target import ClientSession
from cepstra.client import RefusedError
from cepstra.store.likeness import likeness


def refused_alike(
    session: ClientSession, names: Iterable[str], is_sure: bool = False, leaving: str = ""
) -> set[str]:
    """Return those of the names that somebody says are another's, written otherwise.

    Asked is of each that is like one enrolled, or like an earlier one. Where nobody can answer, a
    warning tells of it: each name is a person of its own. One that nobody will have any more is
    like no other.
    """
    try:
        enrolled = {speaker["alias"] for speaker in session.client.speakers()} - {leaving}
    except RefusedError:  # the caller may not ask
        enrolled = set()
    known = {likeness(name): name for name in enrolled}
    refused: set[str] = set()
    for name in names:
        other = known.setdefault(likeness(name), name)
        if name == other or name in enrolled or is_sure:
            continue
        if sys.stdin.isatty():
            text = f"{name} is like {other}. Are they two people?"
            if not click.confirm(text, err=True):
                refused.add(name)
        else:
            session.answer.warn(f"{name} is like {other}; they are kept as two people")
    return refused
