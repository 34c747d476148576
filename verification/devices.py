"""What a speaker enrolled with: several devices, each of which can be forgotten alone."""

from __future__ import annotations

from sqlalchemy import Connection

from store import erasure, models, speakers, takes
from store.speakers import Speaker
from verification import audit
from verification.current_model import current_model
from verification.errors import NotTrainedError, UnknownDeviceError, UnknownSpeakerError
from verification.service import Service


def forget(service: Service, alias: str, device: str) -> None:
    """Delete a device's takes and make the model anew from those of the others.

    Where no training take is left, reference takes and model go too, and the next take may come
    from any front end.

    Raises:
        UnknownSpeakerError: there is no such speaker.
        UnknownDeviceError: the speaker has no takes of that device.
    """
    with service.store.writing() as connection:
        found = speakers.find(connection, alias)
        speaker = speakers.lock(connection, found.id) if found else None
        if speaker is None:
            raise UnknownSpeakerError("speaker", f"there is no speaker {alias}")
        if not takes.delete_device(connection, speaker.id, device):
            raise UnknownDeviceError("device", f"{alias} has no takes of a device {device[:80]}")
        _count_change(connection, speaker)
        audit.note(connection, service.origin, "delete", speaker.id, reason="a device")
    erasure.flush_journal(service.store)
    try:
        current_model(service, alias)
    except NotTrainedError:
        return


def _count_change(connection: Connection, speaker: Speaker) -> None:
    models.delete(connection, speaker.id)
    if "train" in takes.count_frames(connection, speaker.id):
        speakers.describe_takes(connection, speaker, speaker.frontend, speaker.width)
        return
    takes.delete_all(connection, speaker.id)
    speakers.describe_takes(connection, speaker, None, None)
