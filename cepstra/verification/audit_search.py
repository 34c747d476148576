"""Searches of the audit log, by the name that a speaker has now or by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cepstra.store import Store, audit_log, speakers
from cepstra.store.audit_log import Numbered as Numbered
from cepstra.store.audit_log import Search as Search
from cepstra.verification.errors import UnknownSpeakerError


def search(store: Store, wanted: Search, name: str | None, limit: int) -> Sequence[Numbered]:
    """Return at most `limit` entries, newest first.

    Args:
        store: whose audit log.
        wanted: what to look for; with a name, whose number it holds is of no account.
        name: alias of the speaker whose entries are wanted, if any.
        limit: of their number.

    Raises:
        UnknownSpeakerError: nobody has that name now. Entries of who was deleted are found by
            number alone.
    """
    if name is not None:
        wanted = replace(wanted, speaker_id=speaker_id(store, name))
    with store.reading() as connection:
        return audit_log.search(connection, wanted, limit)


def speaker_id(store: Store, name: str) -> int:
    """Return the number of the speaker of that name.

    Raises:
        UnknownSpeakerError: there is none.
    """
    with store.reading() as connection:
        speaker = speakers.find(connection, name)
    if speaker is None:
        raise UnknownSpeakerError("name", f"there is no speaker {name}")
    return speaker.id
