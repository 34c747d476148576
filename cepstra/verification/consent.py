"""Consent: recorded on request, and demanded before speech is kept where the settings say so."""

from __future__ import annotations

from sqlalchemy import Connection

from cepstra.store import consents, speakers
from cepstra.store.consents import Consent
from cepstra.store.speakers import Speaker
from cepstra.verification import audit
from cepstra.verification.errors import ConsentMissingError
from cepstra.verification.service import Service


def give(service: Service, alias: str, version: str) -> Consent:
    """Record that the speaker agrees; the speaker is created where it is missing."""
    with service.store.writing(synced=True) as connection:
        speaker = speakers.obtain(connection, alias)
        given = consents.record(connection, speaker.id, version)
        audit.note(connection, service.origin, "consent", speaker.id, reason=f"text {version}")
    return given


def demand(service: Service, connection: Connection, speaker: Speaker) -> None:
    """Refuse speech of somebody who has not agreed, where consent is required.

    Raises:
        ConsentMissingError: there is no consent.
    """
    if service.require_consent and consents.find(connection, speaker.id) is None:
        text = f"expected the consent of {speaker.alias} first (POST /consent), got none"
        raise ConsentMissingError("consent", text)
