"""Forgetting part of an enrolment: what one device gave, or a single take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection

from cepstra.store import erasure, models, speakers, takes
from cepstra.store.speakers import Speaker
from cepstra.verification import audit, ownership, proof_of_voice
from cepstra.verification.current_model import current_model
from cepstra.verification.errors import (
    NotTrainedError,
    UnknownDeviceError,
    UnknownSpeakerError,
    UnknownTakeError,
)
from cepstra.verification.service import Service


def forget_device(service: Service, alias: str, device: str) -> None:
    """Delete a device's takes and make the model anew from those of the others.

    Where no training take is left, reference takes and model go too, and the next take may come
    from any front end.

    Raises:
        UnknownSpeakerError: there is no such speaker.
        UnknownDeviceError: the speaker has no takes of that device.
        VoiceNotProvenError: it is of a person whose voice was not accepted lately.
    """
    with _forgetting(service, alias, "a device") as (connection, speaker):
        if not takes.delete_device(connection, speaker.id, device):
            raise UnknownDeviceError("device", f"{alias} has no takes of a device {device[:80]}")


def forget_take(service: Service, alias: str, name: str) -> None:
    """Delete one take and make the model as if it had never been enrolled.

    An older take that had to make room for it stays away. Where no training take is left,
    reference takes and model go too.

    Raises:
        UnknownSpeakerError: there is no such speaker.
        UnknownTakeError: the speaker has no such take.
        VoiceNotProvenError: it is of a person whose voice was not accepted lately.
    """
    with _forgetting(service, alias, "a take") as (connection, speaker):
        take = takes.find(connection, speaker.id, name)
        if take is None:
            raise UnknownTakeError("take", f"{alias} has no take {name[:80]}")
        takes.delete(connection, speaker.id, take)


@contextmanager
def _forgetting(service: Service, alias: str, what: str) -> Iterator[tuple[Connection, Speaker]]:
    """Delete takes of a speaker in one transaction, then make the model of those that are left."""
    with service.store.writing(synced=True) as connection:
        speaker = speakers.find_and_lock(connection, alias)
        if speaker is None:
            raise UnknownSpeakerError("speaker", f"there is no speaker {alias}")
        ownership.demand(service.origin, connection, speaker)
        proof_of_voice.demand_to_forget(service.origin, connection, speaker)
        yield connection, speaker
        _count_change(connection, speaker)
        audit.note(connection, service.origin, "delete", speaker.id, reason=what)
    erasure.flush_journal(service.store)
    with suppress(NotTrainedError):
        current_model(service, alias)


def _count_change(connection: Connection, speaker: Speaker) -> None:
    models.delete(connection, speaker.id)
    if "train" in takes.count_frames(connection, speaker.id):
        speakers.describe_takes(connection, speaker, speaker.frontend, speaker.width)
        return
    takes.delete_all(connection, speaker.id)
    speakers.describe_takes(connection, speaker, None, None)
