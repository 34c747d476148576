"""Everything that is kept about a speaker, for the speaker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cepstra.store import audit_log, consents, scorings, speakers, takes
from cepstra.store.audit_log import Entry
from cepstra.store.consents import Consent
from cepstra.store.scorings import Scoring
from cepstra.store.takes import KeptTake
from cepstra.verification import audit, ownership
from cepstra.verification.errors import UnknownSpeakerError
from cepstra.verification.offered_take import LOG_LENGTH
from cepstra.verification.service import Service


@dataclass(frozen=True)
class Export:
    """A speaker's own data; the model is not among them, it is made from the takes."""

    alias: str
    frontend: str | None
    created_at: datetime
    consent: Consent | None
    takes: Sequence[KeptTake]
    scoring_log: Sequence[Scoring]
    audit_log: Sequence[Entry]


def export(service: Service, alias: str) -> Export:
    """Gather a speaker's data; that this was done is among them.

    Raises:
        UnknownSpeakerError: there is none of that alias.
        NotYoursError: a backend means a person's speaker.
    """
    with service.store.writing() as connection:
        speaker = speakers.find_and_lock(connection, alias)
        if speaker is None:
            raise UnknownSpeakerError("speaker", f"there is no speaker {alias}")
        ownership.demand(service.origin, connection, speaker)
        audit.note(connection, service.origin, "export", speaker.id)
        return Export(
            alias=speaker.alias,
            frontend=speaker.frontend,
            created_at=speaker.created_at,
            consent=consents.find(connection, speaker.id),
            takes=takes.kept(connection, speaker.id),
            scoring_log=scorings.log(connection, speaker.id, LOG_LENGTH),
            audit_log=[_without_hints(e) for e in audit_log.of_speaker(connection, speaker.id)],
        )


def _without_hints(entry: Entry) -> Entry:
    """Leave out why an attempt was rejected: with somebody's token, others could read it too."""
    return replace(entry, reason=None) if entry.decision == "reject" else entry
