"""Training takes and reference takes: keep them, then bring the model up to date."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from store import models, speakers, takes
from store.models import StoredModel
from store.speakers import Speaker
from store.takes import LogEntry, Role
from verification import audit, consent
from verification.current_model import current_model, is_current
from verification.errors import (
    FrontEndMismatchError,
    NotTrainedError,
    RepeatedFramesError,
    SpeakerDeletedError,
)
from verification.frame_scores import FrameScores
from verification.message import Message
from verification.service import Service
from verification.system import Built, to_store

LOG_LENGTH = 60


@dataclass(frozen=True)
class TrainingReport:
    """What /train replies."""

    mfcc_train_store_length: int
    train_data_length: int
    test_data_length: int
    training_time: float
    training_progress: int
    training_log: Sequence[LogEntry]
    score_threshold: float | None
    result_reference: int | None


@dataclass(frozen=True)
class ReferenceReport:
    """What /test replies."""

    average: float
    deviation: float
    min: float
    max: float
    score_threshold: float
    result_reference: int
    mfcc_test_store_length: int


def train(service: Service, alias: str, message: Message) -> TrainingReport:
    """Enrol one take; the speaker is created on its first.

    Raises:
        ConsentMissingError: consent is required and missing.
        FrontEndMismatchError: the speaker's takes come from another front end.
        RepeatedFramesError: auth is on and the frames were sent before.
    """
    started = time.perf_counter()
    with service.store.writing() as connection:
        speaker = speakers.obtain(connection, alias)
        extended = _keep(service, connection, speaker, "train", message)
        audit.note(connection, service.origin, "train", speaker.id)
        counts = takes.count_frames(connection, speaker.id)
        log = takes.log(connection, speaker.id, "train")
    model = extended or current_model(service, alias)[1]
    return TrainingReport(
        mfcc_train_store_length=counts["train"],
        train_data_length=model.summary["train_data_length"],
        test_data_length=model.summary["test_data_length"],
        training_time=time.perf_counter() - started,
        training_progress=progress(len(log)),
        training_log=log,
        score_threshold=score_threshold(model),
        result_reference=model.summary["result_reference"],
    )


def set_reference(service: Service, alias: str, message: Message) -> ReferenceReport:
    """Add one take to the reference speech, which then replaces the held-out training takes.

    Raises:
        NotTrainedError: nothing was trained yet.
        ConsentMissingError: consent is required and missing.
        FrontEndMismatchError: the speaker's takes come from another front end.
        RepeatedFramesError: auth is on and the frames were sent before.
    """
    with service.store.writing() as connection:
        speaker = speakers.find(connection, alias)
        if speaker is None or speaker.width is None:
            raise NotTrainedError("speaker", f"{alias}: train some digits before /test")
        extended = _keep(service, connection, speaker, "reference", message)
        audit.note(connection, service.origin, "reference", speaker.id)
        counts = takes.count_frames(connection, speaker.id)
    model = extended or current_model(service, alias)[1]
    reference = FrameScores(**model.summary["reference"])
    return ReferenceReport(
        **vars(reference),
        score_threshold=reference.threshold,
        result_reference=model.summary["result_reference"],
        mfcc_test_store_length=counts["reference"],
    )


def progress(n_digits: int) -> int:
    """Return how much of a full log of training digits is there, in whole percent."""
    return 100 * min(n_digits, LOG_LENGTH) // LOG_LENGTH


def score_threshold(model: StoredModel) -> float | None:
    """Return the frame score that a matching frame exceeds; None without reference speech."""
    reference = model.summary["reference"]
    return FrameScores(**reference).threshold if reference else None


def check_front_end(speaker: Speaker, message: Message) -> None:
    """Refuse a message that cannot be compared with the speaker's takes.

    Raises:
        FrontEndMismatchError: its front end or width differs from theirs.
    """
    if speaker.width is None:
        return
    if message.frontend != speaker.frontend:
        expected, got = speaker.frontend or "none", message.frontend or "none"
        text = f"expected {expected} as in the speaker's enrolment, got {got}"
        raise FrontEndMismatchError("frontend", text)
    if message.frames.shape[1] != speaker.width:
        text = f"expected {speaker.width} coefficients as enrolled, got {message.frames.shape[1]}"
        raise FrontEndMismatchError("mfcc", text)


def _refuse_repeats(
    service: Service, connection: Connection, speaker: Speaker, message: Message
) -> None:
    if service.defences.replay.find(connection, speaker.id, [message]):
        text = "expected speech that was not sent before, got a repetition"
        raise RepeatedFramesError("mfcc", text)


def _keep(
    service: Service, connection: Connection, speaker: Speaker, role: Role, message: Message
) -> StoredModel | None:
    """Keep the take; keep and return the extended model where the system can add to it."""
    locked = speakers.lock(connection, speaker.id)
    if locked is None:
        raise SpeakerDeletedError("speaker", f"{speaker.alias} was deleted meanwhile")
    consent.demand(service, connection, locked)
    check_front_end(locked, message)
    if service.defences.is_guarded:
        _refuse_repeats(service, connection, locked, message)
    take = takes.append(
        connection, locked.id, role, message.digit, message.arrays(), message.device
    )
    evicted = takes.trim(connection, locked.id, role, LOG_LENGTH)
    width = message.frames.shape[1]
    revision = speakers.describe_takes(connection, locked, message.frontend, width)
    model = models.load(connection, locked.id)
    if locked.revision and (model is None or not is_current(service, locked, model)):
        return None  # stale already: current_model builds it from all takes
    system = service.systems.serving(message.frontend)
    before = None if model is None else Built(model.summary, model.arrays)
    built = system.extend(before, take, evicted)
    if built is None:
        return None
    extended = to_store(system, revision, built)
    models.save(connection, locked.id, extended)
    return extended
