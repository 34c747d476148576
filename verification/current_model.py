"""The model that stands for a speaker's takes as they are now."""

from __future__ import annotations

from store import models, takes
from store.models import StoredModel
from store.speakers import Speaker, lock
from verification.errors import NotTrainedError, SpeakerDeletedError
from verification.service import Service
from verification.system import to_store


def current_model(service: Service, alias: str) -> tuple[Speaker, StoredModel]:
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
        speaker, model = found
        if model is not None and is_current(service, speaker, model):
            return speaker, model
        material = takes.load(connection, speaker.id)
    if not any(take.role == "train" for take in material):
        raise _not_trained(alias)
    system = service.systems.serving(speaker.frontend)
    model = to_store(system, speaker.revision, system.build(material))
    with service.store.writing() as connection:
        locked = lock(connection, speaker.id)
        if locked is None:
            raise SpeakerDeletedError("speaker", f"{alias} was deleted while its model was made")
        if locked.revision == speaker.revision:  # else takes that it is made from may be gone
            models.save(connection, speaker.id, model)
    return speaker, model


def is_current(service: Service, speaker: Speaker, model: StoredModel) -> bool:
    """Tell whether the model is made from the speaker's takes by the system in force."""
    made_from = (model.revision, model.system)
    return made_from == (speaker.revision, service.systems.serving(speaker.frontend).name)


def _not_trained(alias: str) -> NotTrainedError:
    return NotTrainedError("speaker", f"{alias} has no model yet: train some digits first")
