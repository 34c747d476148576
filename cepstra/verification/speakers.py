"""The speakers themselves: create, list, describe, forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from cepstra.store import (
    Store,
    challenges,
    consents,
    erasure,
    lockouts,
    models,
    scorings,
    speakers,
    takes,
    voiceprints,
)
from cepstra.store.consents import Consent
from cepstra.store.lockouts import Lockout
from cepstra.store.scorings import Scoring
from cepstra.store.speakers import Speaker
from cepstra.store.takes import DeviceCount, LogEntry
from cepstra.verification import audit, events, ownership
from cepstra.verification.audit import Origin
from cepstra.verification.current_model import forget_deleted
from cepstra.verification.enrolled_voice import enrolled_voice
from cepstra.verification.enrolment import progress
from cepstra.verification.errors import SpeakerExistsError, UnknownSpeakerError
from cepstra.verification.frame_scores import describe_reference, score_threshold
from cepstra.verification.offered_take import LOG_LENGTH
from cepstra.verification.service import Service

PAGE_LENGTH = 100
NO_MODEL = {"train_data_length": 0, **describe_reference([])}


@dataclass(frozen=True)
class Status:
    """What /status replies."""

    alias: str
    mfcc_train_store_length: int = 0
    mfcc_test_store_length: int = 0
    train_data_length: int = 0
    test_data_length: int = 0
    training_progress: int = 0
    training_log: Sequence[LogEntry] = ()
    scoring_log: Sequence[Scoring] = ()
    score_threshold: float | None = None
    result_reference: int | None = None
    devices: Sequence[DeviceCount] = ()
    consent: Consent | None = None
    rejects: int = 0
    locked_until: datetime | None = None
    consistency: int | None = None
    unlike_takes: Sequence[str] = ()
    sounds_like_another: bool = False
    sounds_like: str | None = None


def create(service: Service, alias: str) -> Speaker:
    """Add a speaker without speech.

    Raises:
        SpeakerExistsError: the alias is taken.
    """
    with service.store.writing(synced=True) as connection:
        speaker = speakers.create(connection, alias)
        if speaker is not None:
            ownership.demand(service.origin, connection, speaker)
            audit.note(connection, service.origin, "create", speaker.id)
    if speaker is None:
        raise SpeakerExistsError("alias", f"{alias} exists already")
    return speaker


def find(store: Store, alias: str) -> Speaker:
    """Return the speaker.

    Raises:
        UnknownSpeakerError: there is none of that alias.
    """
    with store.reading() as connection:
        speaker = speakers.find(connection, alias)
    if speaker is None:
        raise UnknownSpeakerError("speaker", f"there is no speaker {alias}")
    return speaker


def page(store: Store, after: str, like: str = "") -> Sequence[Speaker]:
    """Return at most PAGE_LENGTH speakers behind `after` in order of alias.

    With `like`, those whose names differ from it by case, accents and what is not seen alone.
    """
    with store.reading() as connection:
        return speakers.page(connection, after, PAGE_LENGTH, like)


def count(store: Store) -> int:
    """Return how many speakers there are."""
    with store.reading() as connection:
        return speakers.count(connection)


def rename(service: Service, alias: str, new: str) -> Speaker:
    """Give the speaker another name; takes, model, logs, consent, locks and subject stay.

    Open challenges are closed, and the old name is kept from accounts as that of a deleted speaker.

    Raises:
        UnknownSpeakerError: there is no such speaker.
        SpeakerExistsError: somebody else has the new name, or a person had it.
        NotYoursError: the speaker has an account, whose name it signs in with.
    """
    try:
        with service.store.writing(synced=True) as connection:
            speaker = speakers.find_and_lock(connection, alias)
            if speaker is None:
                raise UnknownSpeakerError("speaker", f"there is no speaker {alias}")
            if new != alias:
                ownership.hand_over_name(connection, speaker, new)
                speaker = speakers.rename(connection, speaker, new)
                challenges.close_all_of(connection, alias)
                lockouts.rename(connection, alias, new)
                audit.note(connection, service.origin, "rename", speaker.id)
    except IntegrityError:  # somebody took the name meanwhile
        raise SpeakerExistsError("alias", f"{new} exists already") from None
    erasure.flush_journal(service.store)
    return speaker


def delete(service: Service, alias: str, reason: str = "") -> bool:
    """Forget everything about the speaker; False if there was nothing."""
    with service.store.writing(synced=True) as connection:
        deleted = forget(connection, service.origin, alias, reason)
        deletions = voiceprints.state(connection).deletions
        forget_deleted(service, connection, deletions)
    if deleted:
        erasure.flush_journal(service.store)
    return deleted


def forget(connection: Connection, origin: Origin, alias: str, reason: str = "") -> bool:
    """Delete everything about the speaker in a transaction; its files are not yet flushed."""
    speaker = speakers.find_and_lock(connection, alias)
    challenges.close_all_of(connection, alias)
    lockouts.clear_all_of(connection, alias)
    if speaker is None:
        return False
    ownership.retire(connection, speaker)
    speakers.delete(connection, alias)
    audit.note(
        connection, replace(origin, tenant=speaker.tenant), "delete", speaker.id, reason=reason
    )
    events.announce(connection, "deleted", speaker, reason=reason or None)
    return True


def status(service: Service, alias: str) -> Status:
    """Describe how far enrolment is; an unknown speaker has nothing of everything."""
    with service.store.reading() as connection:
        speaker = speakers.find(connection, alias)
        locked = lockouts.find(connection, "voice", alias)
        described = Status(alias) if speaker is None else _kept(connection, speaker)
    voice = enrolled_voice(service, speaker)
    return replace(
        described,
        rejects=locked.rejects,
        locked_until=_if_ahead(locked),
        sounds_like_another=voice.sounds_like is not None,
        **vars(voice),
    )


def _if_ahead(lockout: Lockout) -> datetime | None:
    until = lockout.locked_until
    return until if until and until > datetime.now(UTC) else None


def _kept(connection: Connection, speaker: Speaker) -> Status:
    counts = takes.count_frames(connection, speaker.id)
    training_log = takes.log(connection, speaker.id, "train")
    summary = models.summary(connection, speaker.id) or NO_MODEL
    return Status(
        alias=speaker.alias,
        mfcc_train_store_length=counts.get("train", 0),
        mfcc_test_store_length=counts.get("reference", 0),
        train_data_length=summary["train_data_length"],
        test_data_length=summary["test_data_length"],
        training_progress=progress(len(training_log)),
        training_log=training_log,
        scoring_log=scorings.log(connection, speaker.id, LOG_LENGTH),
        score_threshold=score_threshold(summary),
        result_reference=summary["result_reference"],
        devices=takes.count_by_device(connection, speaker.id),
        consent=consents.find(connection, speaker.id),
    )
