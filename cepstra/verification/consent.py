"""Consent: recorded on request; enrolment demands it where the settings say so."""

from __future__ import annotations

from cepstra.store import consents, speakers
from cepstra.store.consents import Consent
from cepstra.verification import audit, ownership
from cepstra.verification.service import Service


def give(service: Service, alias: str, version: str) -> Consent:
    """Record that the speaker agrees; the speaker is created where it is missing.

    Raises:
        NotYoursError: a backend means a person's speaker.
        SpeakerExistsError: the speaker is new, and its name was a person's.
    """
    with service.store.writing(synced=True) as connection:
        speaker = speakers.obtain(connection, alias)
        ownership.demand(service.origin, connection, speaker)
        given = consents.record(connection, speaker.id, version)
        audit.note(connection, service.origin, "consent", speaker.id, reason=f"text {version}")
    return given


def take_over(service: Service, alias: str, given: Consent) -> None:
    """Note what was agreed to elsewhere, with its date, unless the speaker agreed here.

    Raises as `give`.
    """
    with service.store.writing(synced=True) as connection:
        speaker = speakers.obtain(connection, alias)
        ownership.demand(service.origin, connection, speaker)
        if consents.find(connection, speaker.id) is None:
            consents.record(connection, speaker.id, given.version, given.datetime)
            reason = f"text {given.version}, imported"
            audit.note(connection, service.origin, "consent", speaker.id, reason=reason)
