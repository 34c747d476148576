"""The model that stands for a speaker's takes as they are now."""

from __future__ import annotations

from store import Store, models, takes
from store.models import StoredModel
from store.speakers import Speaker, lock
from verification import classic
from verification.errors import NotTrainedError, SpeakerDeletedError


def current_model(store: Store, alias: str) -> tuple[Speaker, StoredModel]:
    """Return the speaker and a model made from all its takes, making one if need be.

    A model older than the takes appears when a worker died between keeping a take and
    keeping the model, or while another worker is still fitting.

    Raises:
        NotTrainedError: the speaker is unknown or has no training takes.
        SpeakerDeletedError: the speaker was deleted meanwhile.
    """
    with store.reading() as connection:
        found = models.find(connection, alias)
        if found is None:
            raise _not_trained(alias)
        speaker, model = found
        if model is not None and model.revision == speaker.revision:
            return speaker, model
        material = takes.load(connection, speaker.id)
    if not any(take.role == "train" for take in material):
        raise _not_trained(alias)
    summary, arrays = classic.build(material)
    with store.writing() as connection:
        if lock(connection, speaker.id) is None:
            raise SpeakerDeletedError("speaker", f"{alias} was deleted while its model was made")
        models.save(connection, speaker.id, speaker.revision, summary, arrays)
    return speaker, StoredModel(speaker.revision, summary, dict(arrays))


def _not_trained(alias: str) -> NotTrainedError:
    return NotTrainedError("speaker", f"{alias} has no model yet: train some digits first")
