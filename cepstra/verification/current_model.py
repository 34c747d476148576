"""The model that stands for a speaker's takes as they are now."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from cepstra.store import models, takes
from cepstra.store.models import MadeFrom, StoredModel
from cepstra.store.speakers import Speaker, lock
from cepstra.store.takes import Take
from cepstra.verification.errors import NotTrainedError, SpeakerDeletedError
from cepstra.verification.ready_models import ReadyModel
from cepstra.verification.service import Service
from cepstra.verification.system import to_store


def current_model(service: Service, alias: str) -> tuple[Speaker, ReadyModel]:
    """Return the speaker and a model made from all its takes, making one if need be.

    A model is older than the takes when a worker died between keeping a take and keeping the
    model, while another worker is still fitting, or when its system has been replaced.

    Raises:
        NotTrainedError: the speaker is unknown or has no training takes.
        SpeakerDeletedError: the speaker was deleted meanwhile.
    """
    with service.store.reading() as connection:
        found = models.find(connection, alias)
        if found is None:
            raise _not_trained(alias)
        service.ready_models.forget_deleted(connection, found.deletions)
        wanted = wanted_model(service, found.speaker)
        if found.made_from == wanted:
            return found.speaker, _ready(service, connection, found.speaker, wanted)
        material = takes.load(connection, found.speaker.id)
    if not any(take.role == "train" for take in material):
        raise _not_trained(alias)
    return found.speaker, _made(service, found.speaker, wanted, material)


def wanted_model(service: Service, speaker: Speaker) -> MadeFrom:
    """Return what a current model is made from: the takes as they are, by the system in force."""
    return MadeFrom(speaker.revision, service.systems.serving(speaker.frontend).name)


def _ready(
    service: Service, connection: Connection, speaker: Speaker, wanted: MadeFrom
) -> ReadyModel:
    def load() -> StoredModel:
        model = models.load(connection, speaker.id)
        if model is None or model.system != wanted.system:
            raise SpeakerDeletedError("speaker", f"{speaker.alias} was deleted meanwhile")
        return model  # perhaps of a newer revision, which is as good

    system = service.systems.serving(speaker.frontend)
    return service.ready_models.obtain(speaker.id, wanted, system, load)


def _made(
    service: Service, speaker: Speaker, wanted: MadeFrom, material: Sequence[Take]
) -> ReadyModel:
    system = service.systems.serving(speaker.frontend)
    model = to_store(system, speaker.revision, system.build(material))
    with service.store.writing() as connection:
        locked = lock(connection, speaker.id)
        if locked is None:
            text = f"{speaker.alias} was deleted while its model was made"
            raise SpeakerDeletedError("speaker", text)
        if locked.revision == speaker.revision:  # else takes that it is made from may be gone
            models.save(connection, speaker.id, model)
    return ReadyModel(wanted, model.summary, system.prepare(model.arrays))


def _not_trained(alias: str) -> NotTrainedError:
    return NotTrainedError("speaker", f"{alias} has no model yet: train some digits first")
