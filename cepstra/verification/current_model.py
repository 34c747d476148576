"""A speaker as the database holds it now: the model of all takes, and what attempts are held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from cepstra.store import fingerprints, models, takes, thresholds
from cepstra.store.fingerprints import Remembered
from cepstra.store.models import FoundSpeaker, MadeFrom, StoredModel
from cepstra.store.speakers import Speaker, lock
from cepstra.store.takes import KnownTake, Take
from cepstra.verification.errors import NotTrainedError, SpeakerDeletedError
from cepstra.verification.security_policy import SecurityPolicy
from cepstra.verification.service import Service
from cepstra.verification.verifier import PreparedModel, prepared_model, stored_model
from cepstra.verification.verify import Evidence, Template


@dataclass(frozen=True)
class Snapshot:
    """The database at one moment, as far as an attempt needs it.

    Attributes:
        template: the speaker with its current model.
        evidence: what a challenged attempt is compared with; None for a plain one.
        last_answer: number of the newest fingerprint among it.
    """

    template: Template
    evidence: Evidence | None = None
    last_answer: int = 0


def snapshot(
    service: Service, alias: str, is_challenged: bool = False, threshold_offset: float = 0.0
) -> Snapshot:
    """Read the speaker, a model made from all its takes and, for a challenge, the evidence.

    The verifier decides by the threshold in force and the offset. A model is older than the takes
    when a worker died between keeping a take and keeping the model, while another worker is still
    fitting, or when its system has been replaced: then one is made, behind the transaction that
    reads.

    Raises:
        NotTrainedError: the speaker is unknown or has no training takes.
        SpeakerDeletedError: the speaker was deleted meanwhile.
    """
    with service.store.reading() as connection:
        found = models.find(connection, alias)
        if found is None:
            raise _not_trained(alias)
        forget_deleted(service, connection, found.deletions)
        speaker, wanted = found.speaker, wanted_model(service, found.speaker)
        is_current = found.made_from == wanted
        threshold = thresholds.in_force(connection, wanted.system)
        model = _prepared(service, connection, found) if is_current else None
        material = [] if is_current else takes.load(connection, speaker.id)
        known, answers = [], Remembered({}, 0)
        if is_challenged:
            names = service.security_policy.print_names
            known = takes.known(connection, speaker.id, names)
            answers = fingerprints.recent(connection, speaker.id)
    if model is None:
        if not any(take.role == "train" for take in material):
            raise _not_trained(alias)
        model = _made(service, speaker, material)
    verifier = service.verifiers.for_frontend(speaker.frontend)
    template = Template(speaker, verifier.at(threshold, threshold_offset), model)
    if not is_challenged:
        return Snapshot(template)
    policy = service.security_policy
    evidence = Evidence(policy, printed(policy, known), answers.by_detector)
    return Snapshot(template, evidence, answers.last)


def current_model(service: Service, alias: str) -> tuple[Speaker, PreparedModel]:
    """Return the speaker and a model made from all its takes; raises as `snapshot` does."""
    template = snapshot(service, alias).template
    return template.speaker, template.model


def current_stored_model(service: Service, speaker: Speaker) -> StoredModel:
    """Return a speaker's model as it is kept, made anew where it is not of the takes as they are.

    Raises:
        NotTrainedError: there are no training takes.
        SpeakerDeletedError: the speaker was deleted meanwhile.
    """
    snapshot(service, speaker.alias)
    with service.store.reading() as connection:
        model = models.load(connection, speaker.id)
    if model is None:
        raise SpeakerDeletedError("speaker", f"{speaker.alias} was deleted meanwhile")
    return model


def wanted_model(service: Service, speaker: Speaker) -> MadeFrom:
    """Return what a current model is made from: the takes as they are, by the system in force."""
    return MadeFrom(speaker.revision, service.verifiers.for_frontend(speaker.frontend).name)


def printed(policy: SecurityPolicy, known: Sequence[KnownTake]) -> list[KnownTake]:
    """Make the prints of takes that were kept before there were any, or by another version.

    Takes that are embeddings are left out: there are no frames to compare.
    """
    return [
        take if take.frames is None else replace(take, prints=policy.prints(take.frames))
        for take in known
        if take.frames is None or len(take.frames)
    ]


def forget_deleted(service: Service, connection: Connection, deletions: int) -> None:
    """Drop the models kept in memory that are no longer in the store, as a transaction sees it."""
    service.model_cache.forget_deleted(deletions, lambda ids: models.made_from(connection, ids))


def _prepared(service: Service, connection: Connection, found: FoundSpeaker) -> PreparedModel:
    speaker = found.speaker
    system = service.verifiers.for_frontend(speaker.frontend)

    def load() -> PreparedModel:
        model = models.load(connection, speaker.id)
        if model is None or model.system != system.name:
            raise SpeakerDeletedError("speaker", f"{speaker.alias} was deleted meanwhile")
        return prepared_model(system, model)  # perhaps of a newer revision, which is as good

    return service.model_cache.obtain(speaker.id, found.made_from, found.deletions, load)


def _made(service: Service, speaker: Speaker, material: Sequence[Take]) -> PreparedModel:
    system = service.verifiers.for_frontend(speaker.frontend)
    model = stored_model(system, speaker.revision, system.build(material))
    with service.store.writing() as connection:
        locked = lock(connection, speaker.id)
        if locked is None:
            text = f"{speaker.alias} was deleted while its model was made"
            raise SpeakerDeletedError("speaker", text)
        if locked.revision == speaker.revision:  # else takes that it is made from may be gone
            models.save(connection, speaker.id, model)
    return prepared_model(system, model)


def _not_trained(alias: str) -> NotTrainedError:
    return NotTrainedError("speaker", f"{alias} has no model yet: enrol some speech first")
