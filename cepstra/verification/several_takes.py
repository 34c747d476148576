"""Many takes kept at once: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cepstra.store import models, speakers, takes
from cepstra.store.consents import Consent
from cepstra.store.takes import Role
from cepstra.verification import consent
from cepstra.verification.current_model import current_model
from cepstra.verification.enrolment import enrol
from cepstra.verification.message import Message
from cepstra.verification.offered_take import offer
from cepstra.verification.service import Service
from cepstra.verification.speaker_cache import SpeakerCache


def take_names(service: Service, alias: str) -> list[str]:
    """Return the names of the speaker's takes, oldest first; none of an unknown speaker."""
    with service.store.reading() as connection:
        found = models.find(connection, alias)
        return takes.names(connection, found.speaker.id) if found else []


def enrol_all(
    service: Service,
    alias: str,
    messages: Sequence[tuple[Role, Message]],
    agreed: Consent | None = None,
) -> list[str]:
    """Keep the takes in one transaction and return the names of those that were not kept before.

    So nobody deletes or renames the speaker between two of them, and takes that had to make room
    for one stay where another is refused. A consent given elsewhere is part of it.

    Raises as `enrolment.train` and `enrolment.set_reference`; then nothing is kept.
    """
    offered = [offer(service, role, message) for role, message in messages]
    with service.store.writing(synced=True) as connection:
        # A cache of its own: models of takes that may be undone are not for others.
        store = service.store.joining(connection)
        alone = replace(service, store=store, model_cache=SpeakerCache())
        speaker = speakers.find_and_lock(connection, alias)
        before = takes.names(connection, speaker.id) if speaker else []
        if agreed:
            consent.take_over(alone, alias, agreed)
        kept = [enrol(alone, alias, each) for each in offered]
    if any(each.summary is None for each in kept):
        current_model(service, alias)
    return [each.take for each in kept if each.take not in before]
